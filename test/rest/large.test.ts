import { request } from 'node:http';
import { beforeEach, expect, test } from 'vitest';
import type { TestNode } from '../support/node.ts';
import { useNode } from '../support/use-node.ts';
import { pluginMemory } from '../support/plugin-memory.ts';

const node = useNode('--rest-protocol=http');
const MEGABYTE = 1_000_000;

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('memory is read from /proc, on Linux only');
});

test.each([
  ['JSON', {}, 18 * 12],
  ['XML', { accept: 'application/xml' }, 18 * 12],
  ['YAML, compressed', { accept: 'application/yaml', 'accept-encoding': 'br' }, 0],
])(
  'an answer of hundreds of megabytes costs the plugin little memory, in %s',
  { timeout: 120_000 },
  async (_, headers: Readonly<Record<string, string>>, megabytes) => {
    const rune = await node().rune(['method=listdatastore']);
    const string = 'x'.repeat(4 * MEGABYTE);
    for (let i = 0; i < 18; i++) {
      const mode = 'create-or-replace';
      await node().rpc.callText('datastore', { key: ['large', String(i)], string, mode });
    }
    const before = pluginMemory(node()) ?? Number.NaN;
    const { status, bytes } = await download(
      node(),
      '/v1/listdatastore',
      { ...headers, rune },
      '{"key":["large"]}',
    );
    expect(status).toBe(201);
    // Each comes as text and as hex.
    expect(bytes).toBeGreaterThan(megabytes * MEGABYTE);
    expect((pluginMemory(node()) ?? Number.NaN) - before).toBeLessThan(100 * MEGABYTE);
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
