import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Build, builds } from '../../packages/gateway/src/builds.ts';

/** Which of the two plugins the end-to-end tests are about: CLNREST_TEST_BUILD=clnrest is the drop-in. */
export const BUILD: Build =
  process.env['CLNREST_TEST_BUILD'] === 'clnrest' ? builds.clnrest : builds.rest;

/** CLNREST_TEST_JIT=no runs the plugin as it has to run under systemd's MemoryDenyWriteExecute. */
export const WITHOUT_JIT = process.env['CLNREST_TEST_JIT'] === 'no';

/** A method that a listener's rune must allow. */
export const LISTEN_METHOD = BUILD.subscribeMethods[0];

/** The plugin as an operator installs it. */
export function pluginFile({ prefix }: Build): string {
  return new URL(`../../dist/${prefix}`, import.meta.url).pathname;
}

/** The tests spell options as `rest` does. */
export function spelledFor({ prefix }: Build, option: string): string {
  return option.replace(/^--rest-/, `--${prefix}-`);
}

/**
 * Runs a program where no memory can be both writable and executable: PR_SET_MDWE, Linux 6.3. Ends
 * with status 77 where the kernel does not know it.
 */
export const FORBID_JIT = `
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0: sys.exit(77)
os.execvp(sys.argv[1], sys.argv[1:])
`.trim();

/** A plugin of the same name that runs the plugin without JIT. */
export async function pluginWithoutJit(build: Build, directory: string): Promise<string> {
  return wrapper(
    join(directory, 'without-jit'),
    build,
    `exec python3 -c ${quoted(FORBID_JIT)} ${quoted(pluginFile(build))} "$@"`,
  );
}

/** A plugin of the same name whose surroundings sh prepares first. */
export async function wrapper(directory: string, build: Build, text: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, build.prefix);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A word for sh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
