// The command `clnrest`, as it is installed in a project.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
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

/** The package exports no module, so that an import by mistake cannot run the command line. */
export async function importCommand(project) {
  for (const load of ["import('clnrest')", "Promise.resolve().then(() => require('clnrest'))"]) {
    const script = `${load}.then(() => console.log('loaded'), (error) => console.log(error.code));`;
    const { stdout } = await run(process.execPath, ['--eval', script], { cwd: project });
    if (stdout.trim() !== 'ERR_PACKAGE_PATH_NOT_EXPORTED')
      throw new Error(`${load} prints:\n${stdout}`);
  }
}
