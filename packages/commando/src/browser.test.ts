import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Bundles an import for browsers, minified. */
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
  ['CommandoClient', "export { CommandoClient } from '@clnrest/commando'"],
  ['createIdentity', "export { createIdentity } from '@clnrest/commando'"],
  ['PeerSession', "export { PeerSession } from '@clnrest/commando/peer'"],
])('%s runs in a browser, at the size that the README states', async (label, code) => {
  const bundle = await bundled(code);
  const kilobytes = gzipSync(bundle, { level: 9 }).length / 1000;
  const stated = new RegExp(`\\| \`${label}\` +\\| +([0-9.]+) kB`).exec(README)?.[1];
  expect(Number(stated)).toBeCloseTo(kilobytes, 0);
  // The package ws, and the modules of Node, stay out.
  expect(
    /.{20}(?:[`"']node:|require\(|\bprocess\.).{20}/.exec(bundle.toString())?.[0],
  ).toBeUndefined();
});
