import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { closed, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call, RawClient } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';

const ITEM = '{"label":"coffee","amount_msat":18446744073709551615}';
const LARGE = `{"invoices":[${Array(20_000).fill(ITEM).join(',')}]}`;
const HEAD = `Host: x\r\nRune: ${RUNE}\r\nAccept-Encoding: gzip\r\n`;

async function lister(result = LARGE, limits = {}) {
  const node = await FakeNode.start({ listinvoices: (call) => call.result(result) });
  return testGateway({ node, limits });
}

describe('a large result', () => {
  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['br;q=0.1, gzip', 'gzip', gunzipSync],
  ])('is compressed for Accept-Encoding: %s', async (accepted, coding, decompress) => {
    const { url } = await lister();
    const answer = await call(url, 'listinvoices', undefined, { 'accept-encoding': accepted });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-encoding']).toBe(coding);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-length']).toBeUndefined();
    expect(answer.headers.vary).toBe('Accept, Accept-Encoding');
    expect(answer.bytes.length).toBeLessThan(LARGE.length / 20);
    expect(decompress(answer.bytes).toString() === LARGE).toBe(true);
  });

  test.each([undefined, '', 'identity', 'deflate', 'gzip;q=0', '*;q=0', 'zstd'])(
    'is not for Accept-Encoding: %s',
    async (accepted) => {
      const { url } = await lister();
      const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
      const answer = await call(url, 'listinvoices', undefined, headers);
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.headers.vary).toBe('Accept, Accept-Encoding');
      expect(answer.body === LARGE).toBe(true);
    },
  );

  test('is compressed in other formats as well', async () => {
    const { url } = await lister();
    const headers = { 'accept-encoding': 'gzip', accept: 'application/yaml' };
    const answer = await call(url, 'listinvoices', undefined, headers);
    expect(answer.headers['content-encoding']).toBe('gzip');
    const yaml = gunzipSync(answer.bytes).toString();
    expect(yaml.startsWith('invoices:\n- label: coffee\n')).toBe(true);
    expect(yaml.split('18446744073709551615\n')).toHaveLength(20_001);
  });

  test('that lists runes is not compressed', async () => {
    const node = await FakeNode.start({ showrunes: (call) => call.result(LARGE) });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'showrunes', undefined, { 'accept-encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body === LARGE).toBe(true);
  });

  test('has spaces instead of line breaks between values', async () => {
    const pretty = JSON.stringify(
      JSON.parse(`[${Array(1_000).fill('{"a":1}').join(',')}]`),
      null,
      2,
    );
    const { url } = await lister(pretty);
    const answer = await call(url, 'listinvoices', undefined, { 'accept-encoding': 'gzip' });
    expect(gunzipSync(answer.bytes).toString()).toBe(pretty.replaceAll('\n', ' '));
  });
});

describe('a small result', () => {
  test.each([2, 100, 8_192])('of %i bytes is not compressed', async (length) => {
    const result = `"${'x'.repeat(length - 2)}"`;
    const { url } = await lister(result);
    const answer = await call(url, 'listinvoices', undefined, { 'accept-encoding': 'gzip, br' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['content-length']).toBe(String(length));
    expect(answer.body).toBe(result);
  });

  test('is not compressed if it arrives in chunks, and an error never is', async () => {
    const node = await FakeNode.start({
      pieces: (call) => {
        call.begin('{"a":');
        call.socket.write('1', () => call.socket.write('}}\n\n'));
      },
      failing: (call) => call.error(-1, 'x'.repeat(20_000)),
    });
    const { url } = await testGateway({ node });
    const headers = { 'accept-encoding': 'gzip' };
    const answer = await call(url, 'pieces', undefined, headers);
    expect([answer.body, answer.headers['content-length']]).toEqual(['{"a":1}', '7']);
    const failed = await call(url, 'failing', undefined, headers);
    expect([failed.status, failed.headers['content-encoding']]).toEqual([500, undefined]);
  });
});

describe('while a result arrives', () => {
  test('the available part is sent, though more arrives much later', async () => {
    const node = await FakeNode.start({ list: (call) => call.begin('{"first":1,') });
    const { port } = await testGateway({ node });
    const pieces = await gunzipping(port);
    expect(await pieces.next()).toBe('{"first":1,');
    const { socket } = await node.call('list');
    socket.write('"second":2,');
    expect(await pieces.next()).toBe('"second":2,');
    socket.write('"third":3}}\n\n');
    expect(await pieces.next()).toBe('"third":3}');
    expect(await pieces.next()).toBeUndefined();
  });

  test('the connection is destroyed if the result is incomplete', async () => {
    const node = await FakeNode.start({
      list: (call) => call.begin(`["${'x'.repeat(100_000)}`),
    });
    const { port, logged } = await testGateway({ node });
    const client = await RawClient.connect(port);
    client.write(`POST /v1/list HTTP/1.1\r\n${HEAD}\r\n`);
    await client.until(/content-encoding: gzip\r\n[^]*\r\n\r\n.+/i);
    (await node.call('list')).socket.destroy();
    expect(await client.all()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(await logged(0)).toContain('502 node_broke_off');
  });

  test('a client that disconnects releases the node and the compressor', async () => {
    const node = await FakeNode.start({ list: (call) => call.begin(`["${'x'.repeat(100_000)}`) });
    const { url, port, log } = await testGateway({ node, limits: { compressors: 1 } });
    for (let times = 0; times < 3; times++) {
      const client = await RawClient.connect(port);
      client.write(`POST /v1/list HTTP/1.1\r\n${HEAD}\r\n`);
      await client.until(/content-encoding: gzip\r\n[^]*\r\n\r\n.+/i);
      client.socket.destroy();
      await closed((await node.call('list', times)).socket);
      // The same event loop handles the disconnection.
      await ask(`${url}/v1/list`, { method: 'OPTIONS' });
    }
    expect(log).toEqual([]);
  });

  test('the node waits for a client that reads slowly', async () => {
    const node = await FakeNode.start({ list: (call) => call.begin('["') });
    const { url, port } = await testGateway({ node });
    const client = createConnection({ port, host: '127.0.0.1' });
    client.write(`POST /v1/list HTTP/1.1\r\n${HEAD}\r\n`);
    const { socket } = await node.call('list');
    // Random data does not compress.
    const noise = randomBytes(1_000_000).toString('base64');
    for (let times = 0; times < 75; times++) socket.write(noise);
    const taken = (): number => socket.bytesWritten - socket.writableLength;
    for (let before = -1; before < taken();) {
      before = taken();
      for (let turn = 0; turn < 20; turn++) await ask(`${url}/v1/list`, { method: 'OPTIONS' });
    }
    expect(taken()).toBeLessThan(30_000_000);
    client.destroy();
    await closed(socket);
  });
});

test('of many concurrent requests with one rune, some get uncompressed results', async () => {
  const node = await FakeNode.start({ list: (call) => call.begin(`["${'x'.repeat(100_000)}`) });
  const { url, port } = await testGateway({ node, limits: { compressors: 4 } });
  const clients: RawClient[] = [];
  const codings: boolean[] = [];
  for (let index = 0; index < 4; index++) {
    const client = await RawClient.connect(port);
    client.write(`POST /v1/list HTTP/1.1\r\n${HEAD}\r\n`);
    codings.push(/content-encoding/i.test(await client.until(/\r\n\r\n.+/)));
    clients.push(client);
  }
  expect(codings).toEqual([true, true, false, false]);
  for (const [index, client] of clients.entries()) {
    (await node.call('list', index)).socket.write('"]}\n\n');
    await client.until(/\r\n0\r\n\r\n$/);
  }
  node.on('list', (call) => call.result(LARGE));
  const after = await call(url, 'list', undefined, { 'accept-encoding': 'gzip' });
  expect(after.headers['content-encoding']).toBe('gzip');
  for (const client of clients) client.socket.destroy();
});

/** Yields the decompressed chunks of a response to `list` as they arrive. */
async function gunzipping(port: number): Promise<{ next(): Promise<string | undefined> }> {
  const headers = { rune: RUNE, 'accept-encoding': 'gzip' };
  const options = { port, method: 'POST', path: '/v1/list', headers, agent: false };
  const gunzip = createGunzip();
  request(options, (answer) => answer.pipe(gunzip)).end();
  const pieces = gunzip[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await pieces.next();
      return done === true ? undefined : String(value);
    },
  };
}
