import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Bundles an import for browsers: it must not need Node and must have the stated size. */
async function bundled(code: string): Promise<Buffer> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'esm',
    conditions: ['@clnrest/source'],
  });
  return Buffer.from(outputFiles[0]?.contents ?? []);
}

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test.each([
  ['`Rune`, `Restriction`', "export { Rune, Restriction } from '@clnrest/runes'"],
  ['everything but invoices', "export * from '@clnrest/runes'"],
  [
    'everything',
    "export * from '@clnrest/runes'; export * from '@clnrest/runes/bolt11'; export * from '@clnrest/runes/bolt12'; export * from '@clnrest/runes/invoices'",
  ],
])('%s runs in a browser, at the size that the README states', async (label, code) => {
  const bundle = await bundled(code);
  const kilobytes = gzipSync(bundle, { level: 9 }).length / 1000;
  const stated = new RegExp(
    `\\| ${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} +\\| +([0-9.]+) kB`,
  );
  expect(Number(stated.exec(README)?.[1])).toBeCloseTo(kilobytes, 0);
  expect(bundle.toString()).not.toMatch(/node:|require\(|process\./);
});

test('a rune created without Node is the same', async () => {
  const bundle = await bundled(`
    import { Master, Restriction } from '@clnrest/runes';
    export const rune = new Master(new Uint8Array(32).fill(7)).create('0', [Restriction.of('method=pay')]).toBase64();
  `);
  const url = `data:text/javascript;base64,${bundle.toString('base64')}`;
  const { rune } = (await import(/* @vite-ignore */ url)) as { rune: string };
  const { Master, Restriction } = await import('./index.ts');
  const ours = new Master(new Uint8Array(32).fill(7)).create('0', [Restriction.of('method=pay')]);
  expect(rune).toBe(ours.toBase64());
});
