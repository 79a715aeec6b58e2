import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

/** Skips the test by name where the program is not installed. */
export function needProgram(context: TestContext, name: string, argument = '--version'): void {
  if (spawnSync(name, [argument]).error !== undefined) context.skip(`${name} is not installed`);
}

const execute = promisify(execFile);

/** Runs a program and gives what it printed. Rejects if it fails. */
export async function run(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(name, args);
  return stdout;
}
