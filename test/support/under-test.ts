import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Build, builds } from '@clnrest/gateway/builds';

/** The plugin that the end-to-end tests run: `CLNREST_TEST_BUILD=clnrest` selects the drop-in. */
export const BUILD: Build =
  process.env['CLNREST_TEST_BUILD'] === 'clnrest' ? builds.clnrest : builds.rest;

/** `CLNREST_TEST_JIT=no` runs the plugin under the restriction of systemd's MemoryDenyWriteExecute. */
export const WITHOUT_JIT = process.env['CLNREST_TEST_JIT'] === 'no';

/** A method that a subscriber's rune must allow. */
export const LISTEN_METHOD = BUILD.subscribeMethods[0];

/** Returns the path of the plugin that an operator installs. */
export function pluginFile({ prefix }: Build): string {
  return new URL(`../../dist/${prefix}`, import.meta.url).pathname;
}

/** Renames an option of `rest` to that of the given plugin. */
export function spelledFor({ prefix }: Build, option: string): string {
  return option.replace(/^--rest-/, `--${prefix}-`);
}

/**
 * A Python program that forbids memory that is both writable and executable (PR_SET_MDWE, Linux 6.3) and runs another
 * program. Exits with status 77 if the kernel does not support that.
 */
export const FORBID_JIT = `
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0: sys.exit(77)
os.execvp(sys.argv[1], sys.argv[1:])
`.trim();

/** Writes a wrapper that runs the plugin without JIT. */
export async function pluginWithoutJit(build: Build, directory: string): Promise<string> {
  return wrapper(
    join(directory, 'without-jit'),
    build,
    `exec python3 -c ${quoted(FORBID_JIT)} ${quoted(pluginFile(build))} "$@"`,
  );
}

/** Writes a shell script with the plugin's name. */
export async function wrapper(directory: string, build: Build, text: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, build.prefix);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Quotes a word for sh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
