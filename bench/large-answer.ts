import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TestNode } from '../test/support/node.ts';
import { pluginMemory } from '../test/support/plugin-memory.ts';
import { median } from './measure.ts';

const MEGABYTE = 1_000_000;
/** `listdatastore` returns each entry as text and as hex: three bytes for one. */
const ENTRIES = 17;

export interface LargeAnswer {
  readonly bytes: number;
  /** Seconds: the median of several runs. */
  readonly rest: number;
  readonly socket: number;
  /** Other codings and formats over REST: their names, seconds and received bytes. */
  readonly others: readonly {
    readonly name: string;
    readonly seconds: number;
    readonly bytes: number;
  }[];
  /** The growth of the plugin's peak memory in bytes; undefined if the system does not report it. */
  readonly memory: number | undefined;
}

/** Headers of the other codings and formats. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'REST, gzip': { 'accept-encoding': 'gzip' },
  'REST, br': { 'accept-encoding': 'br' },
  'REST, YAML': { accept: 'application/yaml' },
  'REST, XML': { accept: 'application/xml' },
};

/** Measures a listdatastore of some 200 MB over REST and directly from the socket. */
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
    if (same < bytes) throw new Error(`REST returned ${same} bytes, the socket ${bytes}`);
  }
  const after = pluginMemory(node);
  const memory = before === undefined || after === undefined ? undefined : after - before;
  const others: LargeAnswer['others'][number][] = [];
  for (const [name, headers] of Object.entries(OTHERS)) {
    const start = performance.now();
    const received = await download(node, { rune, ...headers }, params);
    others.push({ name, seconds: (performance.now() - start) / 1000, bytes: received });
  }
  return { bytes, rest: median(rest), socket: median(socket), others, memory };
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
