import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TestNode } from '../test/support/node.ts';
import { pluginMemory } from '../test/support/plugin-memory.ts';
import { middle } from './measure.ts';

const MEGABYTE = 1_000_000;
/** Each entry comes back as text and as hex: three bytes for one. */
const ENTRIES = 17;

export interface LargeAnswer {
  readonly bytes: number;
  /** Seconds, the middle of several runs. */
  readonly rest: number;
  readonly socket: number;
  /** Over REST in other ways: what they are called, seconds, and bytes that came. */
  readonly others: readonly {
    readonly name: string;
    readonly seconds: number;
    readonly bytes: number;
  }[];
  /** What the plugin's peak memory grew by, in bytes; nothing where it can't be read. */
  readonly memory: number | undefined;
}

/** Ways in which the same can be had. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'REST, gzip': { 'accept-encoding': 'gzip' },
  'REST, br': { 'accept-encoding': 'br' },
  'REST, YAML': { accept: 'application/yaml' },
  'REST, XML': { accept: 'application/xml' },
};

/** A listdatastore of some 200 MB over REST, and copied straight from the socket. */
export async function benchLargeAnswer(node: TestNode, runs: number): Promise<LargeAnswer> {
  const string = 'x'.repeat(4 * MEGABYTE);
  for (let i = 0; i < ENTRIES; i++) {
    await node.rpc.callText('datastore', { key: ['bench', String(i)], string });
  }
  const rune = await node.rune(['method=listdatastore']);
  const params = '{"key":["bench"]}';
  const before = pluginMemory(node);
  const rest: number[] = [];
  const socket: number[] = [];
  let bytes = 0;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    bytes = await copyFromSocket(node, params);
    const between = performance.now();
    const same = await download(node, { rune }, params);
    rest.push((performance.now() - between) / 1000);
    socket.push((between - start) / 1000);
    if (same < bytes) throw new Error(`REST gave ${same} bytes, the socket ${bytes}`);
  }
  const after = pluginMemory(node);
  const memory = before === undefined || after === undefined ? undefined : after - before;
  const others: LargeAnswer['others'][number][] = [];
  for (const [name, headers] of Object.entries(OTHERS)) {
    const start = performance.now();
    const came = await download(node, { rune, ...headers }, params);
    others.push({ name, seconds: (performance.now() - start) / 1000, bytes: came });
  }
  return { bytes, rest: middle(rest), socket: middle(socket), others, memory };
}

async function copyFromSocket(node: TestNode, params: string): Promise<number> {
  let bytes = 0;
  for await (const chunk of await node.rpc.callStream('listdatastore', params)) {
    bytes += (chunk as Buffer).length;
  }
  return bytes;
}

function download(
  node: TestNode,
  more: Readonly<Record<string, string>>,
  body: string,
): Promise<number> {
  const url = new URL('/v1/listdatastore', node.url);
  const secure = url.protocol === 'https:';
  const options = {
    method: 'POST',
    headers: { ...more, 'content-type': 'application/json' },
    ...(secure ? { ca: readFileSync(node.caFile) } : {}),
  };
  return new Promise((resolve, reject) => {
    const sent = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => resolve(bytes));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
