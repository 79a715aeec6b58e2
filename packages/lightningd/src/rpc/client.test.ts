import { describe, expect, expectTypeOf, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { FakeSocket } from '../fake-lightningd/fake-socket.ts';
import { RpcClient } from './client.ts';
import { InvalidRequestError, RpcError, TransportError } from './errors.ts';

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** A client that closes at the end of the test. */
function clientOf(
  node: FakeSocket,
  options: { maxConnections?: number; idleConnections?: number } = {},
) {
  const client = new RpcClient({ socketPath: node.socketPath, ...options });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

describe('the request', () => {
  test('carries the params text as given', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    const text = ' {"amount_msat" : 9007199254740993, "label":"ä \\u00e4 𝄞"}\n';
    await client.call('invoice', text, { id: 'my "id"' });
    expect((await node.request(0)).text).toBe(
      `{"jsonrpc":"2.0","id":"my \\"id\\"","method":"invoice","params":${text}}`,
    );
  });

  test('writes values with bigints as digits and characters as they are', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    await client.call<unknown>('a-command', { amount_msat: 2n ** 60n, label: 'ä' });
    await client.call<unknown>('a-command', [1, null, 'x']);
    await client.call('getinfo');
    const params = node.requests.map((request) => request.paramsText);
    expect(params).toEqual([
      '{"amount_msat":1152921504606846976,"label":"ä"}',
      '[1,null,"x"]',
      '{}',
    ]);
  });

  test('has unique ids that contain the method', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    await Promise.all([
      client.call<unknown>('a'),
      client.call<unknown>('b'),
      client.call<unknown>('a'),
    ]);
    const ids = node.requests.map((request) => request.idText);
    expect(ids.toSorted()).toEqual(['"rpc:a#1"', '"rpc:a#3"', '"rpc:b#2"']);
  });

  test('carries a filter, as a value or as text', async () => {
    await using node = await FakeSocket.start((request) => request.result('{"invoices":[]}'));
    await using client = clientOf(node);
    const text = '{"invoices":[{"label":true}]}';
    const filter = { invoices: [{ label: true }] } as const;
    const whole = await client.call('listinvoices', {}, { filter: text });
    const part = await client.call('listinvoices', {}, { filter });
    await client.pipeline().call('listinvoices', {}, { filter });
    for (const number of [0, 1, 2]) {
      expect((await node.request(number)).text).toContain(`,"params":{},"filter":${text}}`);
    }
    expectTypeOf(whole.invoices[0]?.status).toEqualTypeOf<
      'paid' | 'unpaid' | 'expired' | undefined
    >();
    expectTypeOf(part.invoices[0]).toEqualTypeOf<{ readonly label: string } | undefined>();
  });

  test.each([
    ['two values', '{}{}'],
    ['a second request', '{}}{"jsonrpc":"2.0","id":"x","method":"stop","params":{}'],
    ['nothing', ''],
    ['half of an object', '{"a":1'],
    ['a word', 'abc'],
  ])('is not written with params of %s', async (_name, params) => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    expect(await failure(client.call('getinfo', params))).toBeInstanceOf(InvalidRequestError);
    expect(await failure(client.call('getinfo', {}, { filter: params }))).toBeInstanceOf(
      InvalidRequestError,
    );
    await client.call('getinfo');
    expect(node.requests).toHaveLength(1);
  });
});

describe('the reply', () => {
  test('is returned parsed, parsed by the option parse, or as text', async () => {
    await using node = await FakeSocket.start((request) =>
      request.result('{"msat": 18446744073709551615, "s":"é\\n"}'),
    );
    await using client = clientOf(node);
    expect(await client.call<unknown>('x')).toEqual({ msat: 18446744073709551615n, s: 'é\n' });
    expect(await client.callText('x')).toBe('{"msat": 18446744073709551615, "s":"é\\n"}');
    const parse = (text: string): unknown => text.length;
    const other = new RpcClient({ socketPath: node.socketPath, parse });
    expect(await other.call<unknown>('x')).toBe(41);
    await other.close();
  });

  test('with an integer of more than 10,000 digits is readable as text only', async () => {
    const integer = '9'.repeat(10_001);
    await using node = await FakeSocket.start((request) => request.result(integer));
    await using client = clientOf(node);
    expect(await failure(client.call<unknown>('x'))).toMatchObject({ code: 'malformed_reply' });
    expect(await client.callText('x')).toBe(integer);
  });

  const pretty = '{\n\n  "peers" : [ { "id":"a}\\"" } ],\n\n  "n": -1.5e3\n\n}';

  test.each([
    ['id first', (id: string) => `{"jsonrpc":"2.0","id":${id},"result":${pretty}}\n\n`],
    ['result first', (id: string) => `{"result":${pretty},"id":${id},"jsonrpc":"2.0"}`],
    [
      'blanks everywhere',
      (id: string) => `\n\n{ "id"\n\n: ${id} ,\n\n"result" :\t${pretty}\n\n}\n`,
    ],
    ['members of JSON-RPC 1.0', (id: string) => `{"error":null,"result":${pretty},"id":${id}}`],
    ['unknown members', (id: string) => `{"x":[{}],"id":${id},"y":1,"result":${pretty},"z":"}"}`],
    ['an escaped key', (id: string) => `{"id":${id},"re\\u0073ult":${pretty}}`],
  ])('is read in any format: %s', async (_name, reply) => {
    await using node = await FakeSocket.start((request) =>
      request.socket.write(reply(request.idText)),
    );
    await using client = clientOf(node);
    expect(await client.callText('listpeers')).toBe(pretty);
    expect(await client.callText('listpeers')).toBe(pretty);
    expect(node.sockets).toHaveLength(1);
  });

  test('is read after notifications', async () => {
    await using node = await FakeSocket.start(({ idText: id, socket }) =>
      socket.write(
        `{"jsonrpc":"2.0","method":"progress","params":{"id":${id},"num":1,"total":3}}\n\n` +
          `{"params":{"result":1},"method":"message"}{"jsonrpc":"2.0","id":${id},"result":${pretty}}`,
      ),
    );
    await using client = clientOf(node);
    expect(await client.callText('listpeers')).toBe(pretty);
  });

  test('is read when each byte arrives separately', async () => {
    await using node = await FakeSocket.start((request) => {
      const bytes = Buffer.from(`{"jsonrpc":"2.0","id":${request.idText},"result":${pretty}}\n\n`);
      request.socket.setNoDelay();
      const writeFrom = (index: number): void => {
        if (index === bytes.length) return;
        request.socket.write(bytes.subarray(index, index + 1), () => {
          setImmediate(writeFrom, index + 1);
        });
      };
      writeFrom(0);
    });
    await using client = clientOf(node);
    expect(await client.callText('listpeers')).toBe(pretty);
    const stream = await client.callStream('listpeers');
    expect(Buffer.concat(await stream.toArray()).toString()).toBe(pretty);
  });

  test.each(['null', '5', '"text"', 'true', '[]', '{}'])('can be any value: %s', async (text) => {
    await using node = await FakeSocket.start((request) => request.result(text));
    await using client = clientOf(node);
    expect(await client.callText('x')).toBe(text);
    const stream = await client.callStream('x');
    expect(Buffer.concat(await stream.toArray()).toString()).toBe(text);
  });
});

describe("the node's own errors", () => {
  test('keep code, message and every digit of data', async () => {
    await using node = await FakeSocket.start((request) =>
      request.error(
        '{ "code": -32602, "message":"label: \\"x\\"", "data":{"msat": 9007199254740993}}',
      ),
    );
    await using client = clientOf(node);
    const error = await failure(client.call<unknown>('invoice'));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({
      name: 'RpcError',
      code: -32602,
      message: 'label: "x"',
      dataText: '{"msat": 9007199254740993}',
      data: { msat: 9007199254740993n },
    });
  });

  test('must have an integer as code', async () => {
    await using node = await FakeSocket.start((request) =>
      request.error('{"code":9007199254740993,"message":"beyond any code"}'),
    );
    await using client = clientOf(node);
    expect(await failure(client.call<unknown>('x'))).toMatchObject({ code: 'malformed_reply' });
  });

  test('leave the connection usable', async () => {
    await using node = await FakeSocket.start((request) =>
      request.error('{"code":-32601,"message":"Unknown command \'x\'"}'),
    );
    await using client = clientOf(node);
    for (const call of [client.call<unknown>('x'), client.callText('x')]) {
      expect(await failure(call)).toMatchObject({
        code: -32601,
        dataText: undefined,
        data: undefined,
      });
    }
    expect(await failure(client.callStream('x'))).toBeInstanceOf(RpcError);
    expect(node.sockets).toHaveLength(2);
  });

  test('for a malformed request close the connection, which gets no further replies', async () => {
    await using node = await FakeSocket.start((request) =>
      request.socket.write(
        '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Parse error"}}\n\n',
      ),
    );
    await using client = clientOf(node);
    expect(await failure(client.call<unknown>('x'))).toMatchObject({
      name: 'RpcError',
      code: -32600,
    });
    expect(await failure(client.call<unknown>('x'))).toMatchObject({
      name: 'RpcError',
      code: -32600,
    });
    expect(node.sockets).toHaveLength(2);
  });

  test.each([
    '"text"',
    '{"message":"no code"}',
    '{"code":"1","message":"x"}',
    '{"code":1}',
    'null',
  ])('must have a code and a message, unlike %s', async (text) => {
    await using node = await FakeSocket.start((request) => request.error(text));
    await using client = clientOf(node);
    expect(await failure(client.call<unknown>('x'))).toMatchObject({ code: 'malformed_reply' });
  });
});

describe('transport errors', () => {
  test('no socket', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: `${node.directory}/nothing` });
    const error = await failure(client.call('getinfo'));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'socket_missing', cause: { code: 'ENOENT' } });
  });

  test('a socket without a listener', async () => {
    await using node = await FakeSocket.start();
    const { rename } = await import('node:fs/promises');
    // The server removes its own path when it stops, so the file needs another path.
    await rename(node.socketPath, `${node.directory}/left-behind`);
    await node.stop();
    const client = new RpcClient({ socketPath: `${node.directory}/left-behind` });
    expect(await failure(client.call('getinfo'))).toMatchObject({
      code: 'refused',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test.each([
    ['a wrong id', () => '{"jsonrpc":"2.0","id":"other","result":{}}'],
    ['no id', () => '{"jsonrpc":"2.0","result":{}}'],
    ['a null id with a result', () => '{"jsonrpc":"2.0","id":null,"result":{}}'],
    ['no result', (id: string) => `{"jsonrpc":"2.0","id":${id}}`],
    ['text that is not an object', () => 'hello\n\n'],
    ['an array', () => '[]'],
    ['brackets that do not match', (id: string) => `{"id":${id},"result":{"a":[}}}`],
    ['two results', (id: string) => `{"id":${id},"result":1,"result":2}`],
    ['a result that is not valid JSON', (id: string) => `{"id":${id},"result":{"a":tru}}`],
  ])('a malformed reply: %s', async (_name, reply) => {
    await using node = await FakeSocket.start((request) =>
      request.socket.write(reply(request.idText)),
    );
    await using client = clientOf(node);
    const error = await failure(client.call('getinfo'));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'malformed_reply' });
    expect((error as TransportError).cause).toBeInstanceOf(Error);
  });

  test.each([
    ['before any byte of the reply', ''],
    ['in its envelope', '{"jsonrpc":"2.0","id"'],
    ['in the middle of the result', '{"jsonrpc":"2.0","id":"i","result":{"a":1'],
    ['just before its end', '{"jsonrpc":"2.0","id":"i","result":{"a":1}'],
  ])('the connection closed %s', async (_name, part) => {
    await using node = await FakeSocket.start((request) => request.socket.end(part));
    await using client = clientOf(node);
    const error = await failure(client.callText('pay', {}, { id: 'i' }));
    expect(error).toMatchObject({ name: 'TransportError', code: 'closed' });
    expect(node.requests).toHaveLength(1);
  });

  test('the connection reset', async () => {
    await using node = await FakeSocket.start((request) => request.socket.destroy());
    await using client = clientOf(node);
    expect(await failure(client.call<unknown>('pay'))).toMatchObject({ code: 'closed' });
    expect(node.requests).toHaveLength(1);
  });

  test('an expired time limit', async () => {
    await using node = await FakeSocket.start();
    await using client = clientOf(node);
    expect(await failure(client.call('waitanyinvoice', {}, { timeoutMs: 20 }))).toMatchObject({
      name: 'TransportError',
      code: 'timed_out',
    });
    await closed((await node.request(0)).socket);
  });

  test('a time limit beyond the range of timers is ignored', async () => {
    await using node = await FakeSocket.start((request) => setImmediate(() => request.result('1')));
    await using client = clientOf(node);
    expect(await client.call<unknown>('x', {}, { timeoutMs: 2 ** 40 })).toBe(1);
  });

  test('messages do not contain the parameters', async () => {
    await using node = await FakeSocket.start((request) => request.socket.end());
    await using client = clientOf(node);
    const secret = 'rune-9CsFtt9kKMTzzWxSEB31CFmOnCR6';
    const lost = await failure(client.call('checkrune', { rune: secret }));
    const unwritten = await failure(client.call('checkrune', `{"rune":${secret}}`));
    expect(String(lost) + String(unwritten)).not.toContain(secret);
  });
});

describe('aborting', () => {
  test("closes only that call's connection", async () => {
    await using node = await FakeSocket.start();
    await using client = clientOf(node);
    const abort = new AbortController();
    const waiting = client.call('waitanyinvoice', {}, { signal: abort.signal });
    const waitingToo = client.call('waitanyinvoice');
    const first = await node.request(0);
    const second = await node.request(1);
    abort.abort(new Error('the caller left'));
    expect(await failure(waiting)).toEqual(new Error('the caller left'));
    await closed(first.socket);
    second.result('"paid"');
    expect(await waitingToo).toBe('paid');
  });

  test('before the call sends nothing', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    const signal = AbortSignal.abort();
    expect(await failure(client.call<unknown>('pay', {}, { signal }))).toBe(signal.reason);
    expect(await failure(client.call<unknown>('pay', {}, { signal, timeoutMs: 50 }))).toBe(
      signal.reason,
    );
    expect(await failure(client.callStream('pay', {}, { signal }))).toBe(signal.reason);
    await client.call('getinfo');
    expect(node.requests).toHaveLength(1);
  });

  test('while connecting sends nothing', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    const abort = new AbortController();
    const call = client.call('pay', '{}', { signal: abort.signal });
    abort.abort();
    expect(await failure(call)).toBe(abort.signal.reason);
    await client.call('getinfo');
    expect(node.requests.map((request) => request.method)).toEqual(['getinfo']);
  });

  test('after the reply does nothing', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    await using client = clientOf(node);
    const abort = new AbortController();
    await client.call('getinfo', {}, { signal: abort.signal });
    abort.abort();
    await client.call('getinfo');
    expect(node.sockets).toHaveLength(1);
  });
});
