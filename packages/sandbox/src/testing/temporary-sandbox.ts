import { temporaryDirectory } from '@clnrest/testing';
import { onTestFinished } from 'vitest';
import { type RunningSandbox, runSandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-options.ts';

export interface TestSandbox extends RunningSandbox {
  /** The log lines. */
  readonly lines: readonly string[];
}

/** Starts a sandbox that stops after the test, in a temporary directory unless one is given. */
export async function temporarySandbox(
  options: Partial<SandboxOptions> & { directory?: string } = {},
): Promise<TestSandbox> {
  const { directory = temporaryDirectory(), args = [], ...rest } = options;
  const lines: string[] = [];
  const sandbox = await runSandbox({
    log: (line) => lines.push(line),
    ...rest,
    args: [`--lightning-dir=${directory}`, ...args],
  });
  onTestFinished(() => sandbox.stop());
  return Object.assign(sandbox, { lines });
}
