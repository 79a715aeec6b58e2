import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const execute = promisify(execFile);

/** Code of `text(i)`, which returns 100 KB that differ for each `i` and share no memory with another text. */
export const DISTINCT_TEXTS = `
  const text = (i, unit = 'a') => Buffer.from(String(i).padEnd(100_000, unit)).toString();
`;

/**
 * Runs a module in a separate process and resolves with the bytes that its result holds: the growth of
 * the heap and its buffers while the result of the default export is alive. The heap of the test's own
 * process contains leftovers of other tests.
 *
 * @param code - a module whose default export is a function without parameters
 * @param directory - the base of its relative imports
 */
export async function bytesHeldBy(code: string, directory: string): Promise<number> {
  const temporary = await mkdtemp(join(tmpdir(), 'clnrest-heap-'));
  try {
    const outfile = join(temporary, 'measure.mjs');
    await build({
      stdin: { contents: measured(code), resolveDir: directory, loader: 'ts' },
      bundle: true,
      outfile,
      platform: 'node',
      format: 'esm',
      conditions: ['@clnrest/source'],
      logLevel: 'error',
    });
    const { stdout } = await execute(process.execPath, ['--expose-gc', outfile]);
    return Number(stdout);
  } finally {
    await rm(temporary, { recursive: true });
  }
}

function measured(code: string): string {
  return `${code.replace('export default', 'const make =')}
    const used = () => {
      for (let i = 0; i < 3; i++) globalThis.gc();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    make();
    const before = used();
    const held = make();
    const after = used();
    // Use the result after the measurement, so that it is alive until then.
    process.stdout.write(String(held === undefined ? NaN : after - before));
  `;
}
