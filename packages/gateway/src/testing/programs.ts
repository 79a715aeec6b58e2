import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

/** Skips the test, with a reason, if the program is not installed. */
export function needProgram(context: TestContext, name: string, argument = '--version'): void {
  if (spawnSync(name, [argument]).error !== undefined) context.skip(`${name} is not installed`);
}

const execute = promisify(execFile);

/** Runs a program. Resolves with its output. Rejects if the program fails. */
export async function run(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(name, args);
  return stdout;
}
