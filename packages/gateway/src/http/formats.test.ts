import { describe, expect, test } from 'vitest';
import { closed, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call, RawClient } from '@clnrest/testing/http-client';
import { MAX_MARKUP_BYTES } from '../parameters/limits.ts';
import { testGateway } from '../testing/gateway.ts';

const GETINFO = '{"id":"02ab","num_peers":0,"fees_collected_msat":18446744073709551615}';
const TYPES = {
  yaml: 'application/yaml',
  xml: 'application/xml',
  form: 'application/x-www-form-urlencoded',
} as const;

describe('a result', () => {
  test.each([
    [undefined, 'application/json', GETINFO],
    ['*/*', 'application/json', GETINFO],
    ['application/json', 'application/json', GETINFO],
    ['text/html, application/*;q=0.8', 'application/json', GETINFO],
    [
      'application/yaml',
      'application/yaml',
      'id: 02ab\nnum_peers: 0\nfees_collected_msat: 18446744073709551615\n',
    ],
    [
      'text/yaml',
      'text/yaml',
      'id: 02ab\nnum_peers: 0\nfees_collected_msat: 18446744073709551615\n',
    ],
    [
      'application/xml, application/json;q=0.9',
      'application/xml',
      '<getinfo><id>02ab</id><num_peers>0</num_peers><fees_collected_msat>18446744073709551615</fees_collected_msat></getinfo>',
    ],
    [TYPES.form, TYPES.form, 'id=02ab&num_peers=0&fees_collected_msat=18446744073709551615'],
  ])('to Accept: %s', async (accept, type, body) => {
    const node = await FakeNode.start({ getinfo: (call) => call.result(GETINFO) });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'getinfo', undefined, accept === undefined ? {} : { accept });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.body).toBe(body);
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(body)));
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.vary).toBe('Accept, Accept-Encoding');
  });

  test('varies by origin if not all origins are allowed', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result(GETINFO) });
    const settings = { origins: ['https://a.example'] };
    const { url } = await testGateway({ node, settings });
    const answer = await call(url, 'getinfo', undefined, { origin: 'https://a.example' });
    expect(answer.headers.vary).toBe('Origin, Accept, Accept-Encoding');
    expect(answer.headers['access-control-allow-origin']).toBe('https://a.example');
  });

  test.each(Object.values(TYPES))(
    'that is an error is JSON even with Accept: %s',
    async (accept) => {
      const node = await FakeNode.start({ pay: (call) => call.error(210, 'no way') });
      const { url } = await testGateway({ node });
      const answer = await call(url, 'pay', undefined, { accept });
      expect([answer.status, answer.headers['content-type']]).toEqual([500, 'application/json']);
      const error = { code: 210, message: 'no way' };
      expect(answer.json()).toEqual({ ...error, error });
      expect((await call(url, 'pay', '{', { accept })).json()).toMatchObject({ code: -32700 });
    },
  );

  test('in no acceptable format is refused before the command runs', async () => {
    const { url, node } = await testGateway();
    const answer = await call(url, 'pay', undefined, { accept: 'text/html' });
    expect([answer.status, answer.json()]).toMatchObject([406, { code: -32600 }]);
    expect(node.calls).toEqual([]);
  });

  test.each(['yaml', 'xml'] as const)(
    'of any size is sent as %s while it arrives',
    async (format) => {
      const item = `{"label":"${'x'.repeat(1_000)}","amount_msat":18446744073709551615}`;
      const result = `{"invoices":[${Array(20_000).fill(item).join(',')}]}`;
      const node = await FakeNode.start({ listinvoices: (call) => call.result(result) });
      const { url } = await testGateway({ node });
      const answer = await call(url, 'listinvoices', undefined, { accept: TYPES[format] });
      expect(answer.headers['transfer-encoding']).toBe('chunked');
      expect(answer.body.split('18446744073709551615')).toHaveLength(20_001);
      expect(answer.body.split(`x${'x'.repeat(998)}x`)).toHaveLength(20_001);
    },
  );

  test('that cannot be converted is an error if nothing has been sent', async () => {
    const node = await FakeNode.start({
      deep: (call) => call.result(`${'['.repeat(100)}${']'.repeat(100)}`),
      odd: (call) => call.result('{"a":1 "b":2}'),
    });
    const { url, log } = await testGateway({ node });
    for (const accept of Object.values(TYPES)) {
      const deep = await call(url, 'deep', undefined, { accept });
      expect([deep.status, deep.json()]).toMatchObject([500, { code: -32603 }]);
      const odd = await call(url, 'odd', undefined, { accept });
      expect(odd.status).toBe(502);
    }
    expect(log[0]).toContain('unusual: 127.0.0.1 POST /v1/deep: 500 unwritable.');
    expect((await call(url, 'deep')).status).toBe(201);
  });

  test('that cannot be converted ends the connection if part has been sent', async () => {
    const begin = `{"a":["${'x'.repeat(300_000)}",`;
    const node = await FakeNode.start({ deep: (call) => call.begin(begin) });
    const { port, logged } = await testGateway({ node });
    const client = await RawClient.connect(port);
    client.write(
      `POST /v1/deep HTTP/1.1\r\nHost: x\r\nAccept: application/xml\r\nRune: ${RUNE}\r\n\r\n`,
    );
    await client.until(/x{1000}/);
    const { socket } = await node.call('deep');
    socket.write(`${'['.repeat(100)}`);
    const text = await client.all();
    expect(text).toMatch(/^HTTP\/1.1 201 Created\r\n/);
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(await logged(0)).toContain('POST /v1/deep: 500 unwritable');
    await closed(socket);
  });

  test.each(Object.values(TYPES))(
    'as %s is canceled in the node when its client disconnects',
    async (accept) => {
      const node = await FakeNode.start({ list: (call) => call.begin('{"invoices":[1,') });
      const { url, log } = await testGateway({ node });
      const abort = new AbortController();
      const headers = { rune: RUNE, accept };
      const answer = ask(`${url}/v1/list`, { method: 'POST', headers, signal: abort.signal });
      const { socket } = await node.call('list');
      abort.abort();
      await expect(answer).rejects.toThrow('aborted');
      await closed(socket);
      expect(log).toEqual([]);
    },
  );
});

describe('parameters', () => {
  test.each([
    ['application/yaml', 'label: a\namount_msat: 18446744073709551615\nx: no'],
    ['text/x-yaml', '{"label": a, amount_msat: 18446744073709551615, "x": "no", y: null}'],
    [
      'application/xml',
      '<invoice><label>a</label><amount_msat>18446744073709551615</amount_msat><x>no</x></invoice>',
    ],
  ])('in %s are checked and run as the same text', async (type, body) => {
    const node = await FakeNode.start({ invoice: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'invoice', body, { 'content-type': type });
    expect([answer.status, answer.body]).toEqual([201, '{}']);
    const params = '{"label":"a","amount_msat":18446744073709551615,"x":"no"}';
    expect(node.calls.map(({ method, params }) => [method, params])).toEqual([
      ['checkrune', `{"rune":"${RUNE}","method":"invoice","params":${params}}`],
      ['invoice', params],
    ]);
  });

  test.each([
    ['application/yaml', '"l\\x61bel": a\nlabel: b'],
    ['application/yaml', 'x: &a {label: b}\n<<: *a'],
    ['application/xml', '<invoice><label>a</label><_x006C_abel>b</_x006C_abel></invoice>'],
  ])('in %s have no second spelling: %s', async (type, body) => {
    const node = await FakeNode.start({ invoice: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'invoice', body, { 'content-type': type });
    if (answer.status === 201) {
      expect(node.paramsOf('checkrune')[0]).toContain('"params":{"label":["a","b"]}}');
      expect(node.paramsOf('invoice')).toEqual(['{"label":["a","b"]}']);
    } else {
      expect(answer.status).toBe(400);
      expect(node.calls).toEqual([]);
    }
  });

  test('in YAML or XML that are too long are refused before they arrive', async () => {
    const { port, node } = await testGateway();
    for (const type of ['application/yaml', 'text/xml']) {
      const head = `POST /v1/x HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\nContent-Type: ${type}\r\n`;
      const declared = await RawClient.connect(port);
      declared.write(`${head}Content-Length: ${MAX_MARKUP_BYTES + 1}\r\n\r\n`);
      await declared.until(/^HTTP\/1.1 413 /);
      const chunked = await RawClient.connect(port);
      const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
      chunked.write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`);
      await chunked.until(/^HTTP\/1.1 413 /);
      declared.socket.destroy();
      chunked.socket.destroy();
    }
    expect(node.calls).toEqual([]);
  });
});
