// The command `clnrest`, as it is installed in a project.
import { execFile, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs the command, with the sandbox's database. */
export async function runCommand(project) {
  const command = join(project, 'node_modules/.bin/clnrest');
  const { stdout: help } = await run(command, ['--help']);
  if (!help.includes('clnrest start')) throw new Error(`clnrest --help prints:\n${help}`);
  const { stdout: version } = await run(command, ['sandbox', '--version']);
  if (version.trim() === '') throw new Error('clnrest sandbox --version prints nothing');
}

/** Starts a sandbox and queries it, which loads the package with SQLite's WebAssembly. */
export async function querySandbox(project, folder) {
  const command = join(project, 'node_modules/.bin/clnrest');
  const options = ['--network=regtest', `--lightning-dir=${join(folder, 'sandbox')}`];
  const sandbox = spawn(command, ['sandbox', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: sandbox.stdout })) {
      if (line.includes('Server started')) break;
    }
    const { stdout } = await run(command, ['cli', ...options, 'sql', 'select 6 * 7']);
    if (!stdout.includes('42')) throw new Error(`the sandbox replies to sql:\n${stdout}`);
  } finally {
    sandbox.kill();
  }
}

/** The package exports no module, so that an import by mistake cannot run the command line. */
export async function importCommand(project) {
  for (const load of ["import('clnrest')", "Promise.resolve().then(() => require('clnrest'))"]) {
    const script = `${load}.then(() => console.log('loaded'), (error) => console.log(error.code));`;
    const { stdout } = await run(process.execPath, ['--eval', script], { cwd: project });
    if (stdout.trim() !== 'ERR_PACKAGE_PATH_NOT_EXPORTED')
      throw new Error(`${load} prints:\n${stdout}`);
  }
}

/** Installs the command as `npm install --global` does, and the plugin with it, which then runs without the package. */
export async function installGlobally(folder, tarball) {
  const prefix = join(folder, 'prefix');
  const lightningDir = join(folder, 'lightning');
  await mkdir(lightningDir, { recursive: true });
  const options = ['--global', `--prefix=${prefix}`, '--prefer-offline', '--ignore-scripts'];
  await run('npm', ['install', ...options, '--no-audit', '--no-fund', tarball]);
  const command = join(prefix, 'bin/clnrest');
  await run(command, ['install-plugin', `--lightning-dir=${lightningDir}`]);
  await rm(prefix, { recursive: true });
  const plugin = run(join(lightningDir, 'plugins/rest'), [], { cwd: '/' });
  plugin.child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n');
  const { stdout } = await plugin;
  if (!stdout.includes('"rest-port"')) throw new Error(`the installed plugin prints:\n${stdout}`);
}
