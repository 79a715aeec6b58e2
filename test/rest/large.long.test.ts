import { request } from 'node:http';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestNode } from '../support/node.ts';
import { NODE_RUNS, useNode } from '../support/use-node.ts';
import { pluginMemory } from '../support/plugin-memory.ts';

const node = useNode('--rest-protocol=http');
const MEGABYTE = 1_000_000;
/** An answer contains each entry of 4 MB as text and as hex. */
const ENTRIES = 12;

beforeAll(async () => {
  if (!NODE_RUNS) return;
  const string = 'x'.repeat(4 * MEGABYTE);
  for (let i = 0; i < ENTRIES; i++) {
    await node().rpc.callText('datastore', { key: ['large', String(i)], string });
  }
}, 120_000);

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('memory is read from /proc, on Linux only');
});

test.each([
  ['JSON', {}, ENTRIES * 12],
  ['XML', { accept: 'application/xml' }, ENTRIES * 12],
  ['YAML, compressed', { accept: 'application/yaml', 'accept-encoding': 'br' }, 0],
])(
  'an answer of 144 megabytes costs the plugin little memory, in %s',
  { timeout: 120_000 },
  async (_, headers: Readonly<Record<string, string>>, megabytes) => {
    const rune = await node().rune(['method=listdatastore']);
    const before = pluginMemory(node()) ?? Number.NaN;
    const { status, bytes } = await download(
      node(),
      '/v1/listdatastore',
      { ...headers, rune },
      '{"key":["large"]}',
    );
    expect(status).toBe(201);
    expect(bytes).toBeGreaterThan(megabytes * MEGABYTE);
    expect((pluginMemory(node()) ?? Number.NaN) - before).toBeLessThan(75 * MEGABYTE);
  },
);

/** Reads an answer without keeping it, slower than it could come at first. */
function download(
  to: TestNode,
  path: string,
  more: Readonly<Record<string, string>>,
  body: string,
) {
  return new Promise<{ status: number; bytes: number }>((resolve, reject) => {
    const headers = { ...more, 'content-type': 'application/json' };
    const sent = request(new URL(path, to.url), { method: 'POST', headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
      answer.pause();
      setTimeout(() => answer.resume(), 1000);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
