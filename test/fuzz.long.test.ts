import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { NODE_KIND } from './support/node.ts';
import { TestProcess } from './support/process.ts';

/** The longer runs that are reported in docs/reference/reliability.md are of the same fuzzer. */
async function fuzzes(...args: readonly string[]): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const all = ['scripts/run.mjs', 'fuzz/run.ts', '--seed', '1', '--shrink-seconds', '60', ...args];
  const fuzz = new TestProcess(process.execPath, all, {}, root);
  onTestFinished(async () => void (await fuzz.stop()));
  const status = await fuzz.exited;
  expect(status, fuzz.lines.join('\n')).toBe(0);
}

const RUNS = process.platform === 'linux' && NODE_KIND === 'sandbox';

test.runIf(RUNS)(
  'nothing that a client sends for 8 seconds stops the gateway or disturbs another client',
  { timeout: 240_000 },
  () => fuzzes('--seconds', '8'),
);

test.runIf(RUNS)(
  'nothing that a peer sends for 3 seconds stops the sandbox or disturbs another peer',
  { timeout: 240_000 },
  () => fuzzes('--target', 'peers', '--seconds', '3', '--connections', '12'),
);
