import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { readMembers } from '@clnrest/lightningd';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closed, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call, RawClient } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';

const GETINFO = '{"id":"02aa","num_peers":0,"fees_collected_msat":18446744073709551615}';

describe('POST /v1/<method>', () => {
  test('runs the command with the parameters that checkrune got', async () => {
    const node = await FakeNode.start({ invoice: (call) => call.result('{"bolt11":"lnbcrt1"}') });
    const { url, log } = await testGateway({ node });
    const body = '{ "amount_msat": "10000", "label": "m\\u0079 label", "timeout": null }';
    const answer = await call(url, 'invoice', body);
    expect(answer.status).toBe(201);
    expect(answer.body).toBe('{"bolt11":"lnbcrt1"}');
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-length']).toBe('20');
    const params = '{"amount_msat":"10000","label":"my label"}';
    expect(node.calls.map(({ method, params }) => [method, params])).toEqual([
      ['checkrune', `{"rune":"${RUNE}","method":"invoice","params":${params}}`],
      ['invoice', params],
    ]);
    expect(log).toEqual([]);
  });

  test('gives checkrune and the command the same text for any body', async () => {
    const node = await FakeNode.start({ echo: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    const name = fc.stringMatching(/^[a-z]{1,6}$/);
    const body = fc.oneof(fc.dictionary(name, fc.jsonValue()), fc.array(fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(body, fc.nat({ max: 3 }), async (value, indent) => {
        const answer = await call(url, 'echo', JSON.stringify(value, null, indent));
        expect(answer.status).toBe(201);
        const checked = readMembers(node.paramsOf('checkrune').at(-1) ?? '').get('params');
        expect(node.paramsOf('echo').at(-1)).toBe(checked);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps every digit of numbers in both directions', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result(GETINFO) });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'getinfo', '[18446744073709551615, 1e3, -0.10]');
    expect(answer.body).toBe(GETINFO);
    expect(node.paramsOf('getinfo')).toEqual(['[18446744073709551615,1e3,-0.10]']);
  });

  test.each([
    ['no body', undefined, undefined, '{}'],
    ['an empty body said to be JSON', '', 'application/json', '{}'],
    ['an empty body said to be something else', '', 'text/plain', '{}'],
    ['an object', '{"a":1}', 'application/json', '{"a":1}'],
    ['an array', '["", null, 1]', 'application/json', '["",null,1]'],
    ['an empty array', '[]', 'application/json', '[]'],
    ['a charset', '{"a":"é"}', 'application/json; charset=UTF-8', '{"a":"é"}'],
    ['a type in capitals', '{"a":1}', 'Application/JSON', '{"a":1}'],
    ['no type', '{"a":1}', '', '{"a":1}'],
    [
      'a form',
      'a=1&b[0][c]=x+y',
      'application/x-www-form-urlencoded',
      '{"a":"1","b":[{"c":"x y"}]}',
    ],
  ])('takes %s', async (_what, body, type, params) => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    const headers = {
      rune: RUNE,
      ...(type !== undefined && type !== '' && { 'content-type': type }),
    };
    const answer = await ask(`${url}/v1/getinfo`, {
      method: 'POST',
      headers,
      ...(body !== undefined && { body }),
    });
    expect([answer.status, answer.body]).toEqual([201, '{}']);
    expect(node.paramsOf('getinfo')).toEqual([params]);
  });

  test('accepts an empty chunked body of any type', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    const headers = { rune: RUNE, 'content-type': 'text/plain', 'transfer-encoding': 'chunked' };
    const answer = await ask(`${url}/v1/getinfo`, { method: 'POST', headers, body: '' });
    expect(answer.status).toBe(201);
  });

  test('ignores Nodeid and query strings, and decodes escapes in the path', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'get%69nfo?label=x#y', undefined, { nodeid: '02aa' });
    expect(answer.status).toBe(201);
    expect(node.calls.map(({ method, params }) => [method, params])).toEqual([
      ['checkrune', `{"rune":"${RUNE}","method":"getinfo","params":{}}`],
      ['getinfo', '{}'],
    ]);
  });

  test('responds with one line if a result has line breaks between values', async () => {
    const pretty = '{\n  "a": [\r\n    1,\n    "x\\n y"\n  ]\n}';
    const node = await FakeNode.start({
      pretty: (call) => call.result(pretty),
      failing: (call) => call.error(-3, 'no\nway', '{\n  "a": 18446744073709551615\n}'),
    });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'pretty');
    expect(answer.body).toBe(pretty.replaceAll(/[\r\n]/g, ' '));
    const failed = await call(url, 'failing');
    expect(failed.status).toBe(500);
    const error = '"code":-3,"message":"no\\nway","data":{   "a": 18446744073709551615 }';
    expect(failed.body).toBe(`{${error},"error":{${error}}}`);
  });

  test('streams a large result in chunks, and all of it arrives', async () => {
    const item = `{"label":"${'x'.repeat(1_000)}","amount_msat":18446744073709551615}`;
    const result = `{"invoices":[${Array(20_000).fill(item).join(',')}]}`;
    const node = await FakeNode.start({ listinvoices: (call) => call.result(result) });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'listinvoices');
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    expect(answer.body === result).toBe(true);
  });

  test('destroys the connection if the result of the node is incomplete', async () => {
    const node = await FakeNode.start({
      listinvoices: (call) => call.begin(`{"invoices":["${'x'.repeat(300_000)}`),
    });
    const { port, log, logged } = await testGateway({ node });
    const client = await RawClient.connect(port);
    client.write(
      'POST /v1/listinvoices HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n\r\n',
    );
    await client.until(/x{1000}/);
    (await node.call('listinvoices')).socket.destroy();
    const text = await client.all();
    expect(text).toMatch(/^HTTP\/1.1 201 Created\r\n/);
    // The last chunk, which would end the response, is missing.
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(await logged(0)).toContain('POST /v1/listinvoices: 502 node_broke_off');
    expect(log).toHaveLength(1);
  });

  test('a client that disconnects cancels its waiting command', async () => {
    const node = await FakeNode.start({ waitanyinvoice: () => undefined });
    const { url, log } = await testGateway({ node });
    const abort = new AbortController();
    const answer = ask(`${url}/v1/waitanyinvoice`, {
      method: 'POST',
      headers: { rune: RUNE },
      signal: abort.signal,
    });
    const waiting = await node.call('waitanyinvoice');
    abort.abort();
    await expect(answer).rejects.toThrow('aborted');
    await closed(waiting.socket);
    expect(log).toEqual([]);
  });

  test('a client that disconnects while its rune is checked runs no command', async () => {
    const node = await FakeNode.start({
      checkrune: () => undefined,
      pay: (call) => call.result('{}'),
    });
    const { url } = await testGateway({ node });
    const abort = new AbortController();
    const options = { method: 'POST', headers: { rune: RUNE }, signal: abort.signal };
    const answer = ask(`${url}/v1/pay`, options);
    const check = await node.call('checkrune');
    abort.abort();
    await expect(answer).rejects.toThrow('aborted');
    // The same event loop handles this request after the disconnection.
    await ask(`${url}/nothing`);
    check.result('{"valid":true}');
    node.on('checkrune', (call) => call.result('{"valid":true}'));
    expect((await call(url, 'pay')).status).toBe(201);
    expect(node.paramsOf('pay')).toHaveLength(1);
  });

  test('a client that disconnects during a large response releases the connection to the node', async () => {
    const node = await FakeNode.start({
      listinvoices: (call) => call.result(`{"x":"${'y'.repeat(50_000_000)}"}`),
    });
    const { url } = await testGateway({ node });
    const abort = new AbortController();
    const options = { method: 'POST', headers: { rune: RUNE }, signal: abort.signal };
    const answer = ask(`${url}/v1/listinvoices`, options);
    const { socket } = await node.call('listinvoices');
    abort.abort();
    await expect(answer).rejects.toThrow('aborted');
    await closed(socket);
  });

  test.each(['batching', 'notifications', 'deprecations'])(
    '%s runs on a separate connection',
    async (method) => {
      const node = await FakeNode.start({
        [method]: (each) => each.result('{}'),
        getinfo: (each) => each.result(GETINFO),
      });
      const { url } = await testGateway({ node });
      await call(url, 'getinfo');
      const kept = (await node.call('getinfo')).socket;
      const sockets: Socket[] = [];
      node.on(method, (each) => {
        sockets.push(each.socket);
        each.result('{}');
      });
      const answers = await Promise.all(
        [1, 2].map(async () => call(url, method, '{"enable":true}')),
      );
      expect(answers.map(({ status, body }) => [status, body])).toEqual([
        [201, '{}'],
        [201, '{}'],
      ]);
      for (const socket of sockets) await closed(socket);
      expect(new Set(sockets).size).toBe(2);
      await call(url, 'getinfo');
      expect((await node.call('getinfo', 1)).socket).toBe(kept);
      expect(sockets).not.toContain(kept);
    },
  );

  test('many waiting and many quick commands run concurrently', async () => {
    const node = await FakeNode.start({
      waitanyinvoice: () => undefined,
      getinfo: (call) => call.result(GETINFO),
    });
    const { url } = await testGateway({ node, limits: { commands: 120 } });
    const abort = new AbortController();
    setMaxListeners(50, abort.signal);
    const options = { method: 'POST', headers: { rune: RUNE }, signal: abort.signal };
    const waits = Array.from({ length: 50 }, () => ask(`${url}/v1/waitanyinvoice`, options));
    const settled = Promise.allSettled(waits);
    await node.call('waitanyinvoice', 49);
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(url, 'getinfo')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    abort.abort();
    await settled;
  });
});
