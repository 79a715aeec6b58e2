import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../support/programs.ts';

/** A PATH with what sh needs to say something, and fake programs to tell; no Node. */
export async function pathWithoutNode(directory: string): Promise<string> {
  const path = join(directory, 'bin');
  await mkdir(path);
  for (const name of ['tr', 'cut', 'cat', 'env']) {
    const program = findProgram(name);
    if (program === undefined) throw new Error(`this machine has no ${name}`);
    await symlink(program, join(path, name));
  }
  return path;
}

/** A program in sh. */
export async function writeProgram(directory: string, name: string, text: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/**
 * The text of a program that says which version of Node it is, and does the rest by other words. It is greedy
 * meanwhile: what it finds on stdin was meant for the plugin.
 */
export function fakeNode(version: string, rest: string): string {
  return `if [ "$1" = --version ]; then cat >&2; echo '${version}'; exit; fi\n${rest}`;
}
