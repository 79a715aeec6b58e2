import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-options.ts';

/** A directory that goes when the test is over. */
export async function temporaryDirectory(): Promise<string> {
  // Short: a socket's path must fit in 107 bytes.
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface TestSandbox extends Sandbox {
  /** What was logged, a line each. */
  readonly lines: readonly string[];
}

/** A sandbox that ends when the test is over, in a directory of its own unless one is given. */
export async function temporarySandbox(
  options: Partial<SandboxOptions> & { directory?: string } = {},
): Promise<TestSandbox> {
  const { directory = await temporaryDirectory(), args = [], ...rest } = options;
  const lines: string[] = [];
  const sandbox = await startSandbox({
    log: (line) => lines.push(line),
    ...rest,
    args: [`--lightning-dir=${directory}`, ...args],
  });
  onTestFinished(() => sandbox.stop());
  return Object.assign(sandbox, { lines });
}
