import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:https';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const gateway = createRequire(join(ROOT, 'packages/gateway/package.json'));
const { load } = gateway('js-yaml') as { load: (text: string) => unknown };

interface Service {
  readonly image?: string;
  readonly build?: { readonly target: string };
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
}

const compose = load(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) as {
  readonly services: Readonly<Record<'bitcoind' | 'lightningd', Service>>;
  readonly volumes: object;
};

/** The instructions of the Dockerfile, such as `['COPY', '. .']`, by the name of their stage. */
const stages = new Map<string, [string, string][]>();
const images = new Map<string, string>();
let current: [string, string][] = [];
for (const line of readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n')) {
  const [, name, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  if (name === 'ARG') images.set(...(rest.split('=') as [string, string]));
  else if (name === 'FROM') stages.set(/ AS (\w+)$/.exec(rest)?.[1] ?? '', (current = []));
  else if (name !== undefined) current.push([name, rest]);
}

test('images have an exact version', () => {
  const named = [
    ...images.values(),
    ...Object.values(compose.services).flatMap(({ image }) => image ?? []),
  ];
  expect(named).toHaveLength(3);
  for (const image of named) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+(?:\.\d+)?(?:-[\w-]+)?$/);
});

test('services use stages and volumes that exist, and are reachable from this machine only', () => {
  for (const { build, volumes, ports = [] } of Object.values(compose.services)) {
    if (build !== undefined) expect([...stages.keys()]).toContain(build.target);
    for (const volume of volumes)
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('what the build needs is not ignored', () => {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const scripts = stages.get('build')?.flatMap(([name, rest]) => (name === 'RUN' ? [rest] : []));
  expect(scripts).toEqual(['npm ci --ignore-scripts --no-audit --no-fund', 'npm run bundle']);
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'packages', 'scripts'])
    expect(ignored).toContain(`!${name}`);
});

/** Copies a program and its libraries into another root directory. */
function copyProgram(root: string, program: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(realpathSync(program), join(root, path));
  const libraries = execFileSync('ldd', [realpathSync(program)], { encoding: 'utf8' });
  for (const [, library = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
}

const canChangeRoot =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  ['/usr/sbin/chroot', '/usr/bin/ldd'].every((file) => existsSync(file));

test.skipIf(!canChangeRoot)(
  'the plugin runs in a root directory with the copied files only',
  async () => {
    const root = temporaryDirectory();
    // The image of lightningd has a shell; that of Node.js has the program at this path.
    copyProgram(root, '/bin/sh', '/bin/sh');
    // Docker mounts /dev. Here, an empty file takes the place of the device.
    mkdirSync(join(root, 'dev'));
    writeFileSync(join(root, 'dev/null'), '');
    const built: Record<string, string> = {
      '/src/dist/rest': join(ROOT, 'dist/rest'),
      '/src/LICENSE': join(ROOT, 'LICENSE'),
    };
    for (const [name, rest] of stages.get('lightningd') ?? []) {
      if (name !== 'COPY') continue;
      const [, from = '', to = ''] = /^--from=build (\S+) (\S+)$/.exec(rest) ?? [];
      if (from === '/usr/local/bin/node') copyProgram(root, process.execPath, to);
      else cpSync(built[from] ?? '', join(root, to));
    }
    expect(readdirSync(join(root, 'opt/clnrest')).toSorted()).toEqual(['LICENSE', 'rest']);
    const plugin = spawn('/usr/sbin/chroot', [root, '/opt/clnrest/rest'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: '/usr/local/bin:/bin' },
    });
    onTestFinished(() => void plugin.kill());
    plugin.stdin.write('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n');
    let text = '';
    for await (const chunk of plugin.stdout) {
      text += String(chunk);
      if (text.includes('\n\n')) break;
    }
    expect(text).toContain('"subscriptions"');
  },
);

test('a node accepts the options of lightningd, and serves REST to other machines', async () => {
  const port = await freePort();
  const directory = temporaryDirectory();
  const options = compose.services.lightningd.command
    .map((option) => option.replace('/opt/clnrest/rest', join(ROOT, 'dist/rest')))
    .map((option) => option.replace('--rest-port=3010', `--rest-port=${port}`));
  expect(options).toContain(`--rest-port=${port}`);
  const node = spawn(
    process.execPath,
    [
      join(ROOT, 'packages/clnrest/bin/clnrest.js'),
      'sandbox',
      `--lightning-dir=${directory}`,
      '--clear-plugins',
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void node.kill());
  let log = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      log += String(chunk);
      if (log.includes('REST server running at')) resolve();
    };
    node.stdout.on('data', read);
    node.stderr.on('data', read);
    node.on('exit', () => reject(new Error(log)));
  });
  expect(log).toContain(`REST server running at https://0.0.0.0:${port}`);
  const ca = readFileSync(join(directory, 'regtest/clnrest/ca.pem'));
  const status = await new Promise((resolve, reject) => {
    get(
      { host: '127.0.0.1', servername: 'lightningd', port, path: '/v1/list-methods', ca },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    ).on('error', reject);
  });
  expect(status).toBe(200);
});
