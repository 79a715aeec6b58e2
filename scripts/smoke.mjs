// Runs `npm start` in a temporary home, runs the printed curl command, and stops the node.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const home = await mkdtemp(join(tmpdir(), 'clnrest-smoke-'));
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const env = { ...process.env, HOME: home };
const npm = spawn('npm', ['start', '--', `--rest-port=${port}`], {
  env,
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
});

let printed = '';
try {
  await new Promise((resolve, reject) => {
    npm.once('exit', (code) => reject(new Error(`npm start exited with ${code}:\n${printed}`)));
    npm.stdout.on('data', (text) => {
      printed += text;
      if (printed.includes('Stop it with')) resolve();
    });
  });
  const line = /curl [^]*?--header 'Rune: [^']+'/.exec(printed)?.[0];
  if (line === undefined) throw new Error(`npm start printed no curl command:\n${printed}`);
  const answer = execFileSync('bash', ['-c', line], { env, encoding: 'utf8' });
  console.log(printed.replace(/'Rune: [^']+'/g, "'Rune: …'").replace(/^( *rune +)\S+/m, '$1…'));
  console.log('getinfo over REST:', JSON.parse(answer).alias);
} finally {
  const gone = new Promise((resolve) => npm.once('close', resolve));
  process.kill(-npm.pid, 'SIGTERM');
  await gone;
  await rm(home, { recursive: true, force: true });
}
