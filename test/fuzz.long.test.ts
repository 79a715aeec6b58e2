import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { NODE_KIND } from './support/node.ts';
import { TestProcess } from './support/process.ts';

/** The longer runs that are reported in docs/reference/reliability.md are of the same fuzzer. */
const ARGUMENTS = ['--seconds', '8', '--seed', '1', '--shrink-seconds', '60'];

test.runIf(process.platform === 'linux' && NODE_KIND === 'sandbox')(
  'nothing that a client sends for 8 seconds stops the gateway or disturbs another client',
  { timeout: 240_000 },
  async () => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const args = ['scripts/run.mjs', 'fuzz/run.ts', ...ARGUMENTS];
    const fuzz = new TestProcess(process.execPath, args, {}, root);
    onTestFinished(async () => void (await fuzz.stop()));
    const status = await fuzz.exited;
    expect(status, fuzz.lines.join('\n')).toBe(0);
  },
);
