import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-options.ts';

/** Creates a directory that is removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  // The name is short, because a socket's path has at most 107 bytes.
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface TestSandbox extends Sandbox {
  /** The log lines. */
  readonly lines: readonly string[];
}

/** Starts a sandbox that stops after the test, in a temporary directory unless one is given. */
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
