import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '@clnrest/testing/programs';

/** Creates a PATH with the programs that the launcher needs, without Node. Tests can add fake programs. */
export async function pathWithoutNode(directory: string): Promise<string> {
  const path = join(directory, 'bin');
  await mkdir(path);
  for (const name of ['tr', 'cut', 'cat', 'env']) {
    const program = findProgram(name);
    if (program === undefined) throw new Error(`${name} is not installed`);
    await symlink(program, join(path, name));
  }
  return path;
}

/** Writes a shell script. */
export async function writeProgram(directory: string, name: string, text: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/**
 * Returns a script that prints a version of Node, or runs the rest. With `--version` it reads all of stdin: the
 * launcher must not pass it the plugin's input.
 */
export function fakeNode(version: string, rest: string): string {
  return `if [ "$1" = --version ]; then cat >&2; echo '${version}'; exit; fi\n${rest}`;
}
