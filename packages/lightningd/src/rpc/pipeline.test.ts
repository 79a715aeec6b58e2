import { describe, expect, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { FakeSocket, type FakeRequest } from '../fake-lightningd/fake-socket.ts';
import { RpcClient } from './client.ts';

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

const echo = (request: FakeRequest): void => void request.result(request.paramsText);

describe('a pipeline', () => {
  test('shares one connection and matches replies by id, in any order', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const calls = Array.from({ length: 50 }, (_, index) => pipeline.call<unknown>('x', [index]));
    await node.request(49);
    for (const request of node.requests.toReversed()) echo(request);
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => [index]));
    expect(node.sockets).toHaveLength(1);
    await client.close();
  });

  test('returns large integers as bigints', async () => {
    await using node = await FakeSocket.start(echo);
    const client = new RpcClient({ socketPath: node.socketPath });
    const integers = [9007199254740991, 9007199254740993n, -18446744073709551615n];
    expect(await client.pipeline().call<unknown>('x', integers)).toEqual(integers);
    await client.close();
  });

  test('writes the calls of one turn together', async () => {
    await using node = await FakeSocket.start(echo);
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    await pipeline.call<unknown>('x');
    const [socket] = node.sockets;
    let pieces = 0;
    socket?.on('data', () => pieces++);
    await Promise.all(Array.from({ length: 100 }, () => pipeline.call<unknown>('x')));
    expect(pieces).toBe(1);
    await client.close();
  });

  test('enables batching first on every connection, and works without it', async () => {
    await using node = await FakeSocket.start((request) => {
      if (request.method === 'batching')
        request.error('{"code":-32601,"message":"Unknown command"}');
      else echo(request);
    });
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline({ batching: true });
    await pipeline.callText('checkrune');
    await node.stop();
    await node.listen();
    await pipeline.callText('checkrune');
    const seen = node.requests.map(({ method, connection }) => `${connection} ${method}`);
    expect(seen).toEqual(['0 batching', '0 checkrune', '1 batching', '1 checkrune']);
    expect(node.requests[0]?.paramsText).toBe('{"enable":true}');
    await client.close();
  });

  test("rejects only the call that got the node's error", async () => {
    await using node = await FakeSocket.start((request) => {
      if (request.method === 'bad')
        request.error('{"code":1502,"message":"Not permitted","data":1.0}');
      else echo(request);
    });
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const [bad, good] = await Promise.all([
      failure(pipeline.call<unknown>('bad')),
      pipeline.callText('good'),
    ]);
    expect(bad).toMatchObject({ name: 'RpcError', code: 1502, dataText: '1.0' });
    expect(good).toBe('{}');
    await client.close();
  });

  test('rejects calls in flight on a lost connection, and reconnects', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const calls = [failure(pipeline.call<unknown>('a')), failure(pipeline.call<unknown>('b'))];
    await node.request(1);
    node.sockets[0]?.destroy();
    for (const call of calls) expect(await call).toMatchObject({ code: 'closed' });
    node.answerWith(echo);
    expect(await pipeline.call<unknown>('c')).toEqual({});
    expect(node.requests.map((request) => request.method)).toEqual(['a', 'b', 'c']);
    await client.close();
  });

  test('does not reuse a connection that closed while this program was busy', async () => {
    await using node = await FakeSocket.start(echo);
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    for (let count = 0; count < 20; count++) {
      await pipeline.call<unknown>('a');
      for (const socket of node.sockets) socket.destroy();
      await pipeline.call<unknown>('b');
    }
    expect(node.requests).toHaveLength(40);
    await client.close();
  });

  test('rejects while the node is down, and works after its restart', async () => {
    await using node = await FakeSocket.start(echo);
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    await node.stop();
    const calls = [failure(pipeline.call<unknown>('a')), failure(pipeline.call<unknown>('b'))];
    for (const call of calls) expect(await call).toMatchObject({ code: 'socket_missing' });
    await node.listen();
    expect(await pipeline.call<unknown>('c')).toEqual({});
    await client.close();
  });

  test('discards the late reply to an aborted call', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const abort = new AbortController();
    const aborted = failure(pipeline.call<unknown>('slow', {}, { signal: abort.signal }));
    const late = failure(pipeline.call<unknown>('late', {}, { timeoutMs: 20 }));
    const kept = pipeline.call<unknown>('kept');
    const [slow, second, third] = [
      await node.request(0),
      await node.request(1),
      await node.request(2),
    ];
    abort.abort();
    expect(await aborted).toBe(abort.signal.reason);
    expect(await late).toMatchObject({ code: 'timed_out' });
    slow.result('{"big":"…"}');
    second.error('{"code":1,"message":"late"}');
    third.result('1');
    expect(await kept).toBe(1);
    expect(node.sockets).toHaveLength(1);
    await client.close();
  });

  test('does not send a call that was aborted in the same turn', async () => {
    await using node = await FakeSocket.start(echo);
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const abort = new AbortController();
    const call = failure(pipeline.call<unknown>('a', {}, { signal: abort.signal }));
    abort.abort();
    expect(await call).toBe(abort.signal.reason);
    expect(await failure(pipeline.call<unknown>('b', {}, { signal: abort.signal }))).toBe(
      abort.signal.reason,
    );
    await pipeline.call<unknown>('c');
    expect(node.requests.map((request) => request.method)).toEqual(['c']);
    await client.close();
  });

  test('replaces a connection with too many aborted calls', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline({ maxInFlight: 3 });
    const kept = pipeline.call<unknown>('kept');
    await node.request(0);
    for (let count = 0; count < 3; count++) {
      const abort = new AbortController();
      const call = failure(pipeline.call<unknown>('x', {}, { signal: abort.signal }));
      await node.request(count + 1);
      abort.abort();
      await call;
    }
    node.answerWith(echo);
    expect(await pipeline.call<unknown>('y', [1])).toEqual([1]);
    expect(node.sockets).toHaveLength(2);
    const old = await node.request(0);
    old.result('"kept"');
    expect(await kept).toBe('kept');
    await closed(old.socket);
    await client.close();
  });

  test('rejects calls beyond maxInFlight, and ids in use', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline({ maxInFlight: 2 });
    const calls = [pipeline.call<unknown>('a', {}, { id: 'x' }), pipeline.call<unknown>('b')];
    expect(await failure(pipeline.call<unknown>('c'))).toMatchObject({ code: 'overloaded' });
    await node.request(1);
    expect(await failure(pipeline.call<unknown>('c'))).toMatchObject({ code: 'overloaded' });
    (await node.request(1)).result('2');
    await calls[1];
    expect(await failure(pipeline.call<unknown>('c', {}, { id: 'x' }))).toMatchObject({
      code: 'invalid_request',
    });
    (await node.request(0)).result('1');
    expect(await Promise.all(calls)).toEqual([1, 2]);
    await client.close();
  });

  test.each([
    ['a reply to nothing', '{"jsonrpc":"2.0","id":"nobody","result":{}}'],
    ['a reply without id', '{"jsonrpc":"2.0","result":{}}'],
    [
      'an error without id',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Parse error"}}',
    ],
    ['no JSON', 'hello'],
  ])('fails as malformed on %s, and recovers', async (_name, text) => {
    await using node = await FakeSocket.start((request) => request.socket.write(text));
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const calls = [failure(pipeline.call<unknown>('a')), failure(pipeline.call<unknown>('b'))];
    for (const call of calls) expect(await call).toMatchObject({ code: 'malformed_reply' });
    node.answerWith(echo);
    expect(await pipeline.call<unknown>('c')).toEqual({});
    await client.close();
  });

  test('reads results of any size, split anywhere, between notifications', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline();
    const long = 'é'.repeat(1_000_000);
    const calls = Promise.all([pipeline.call<unknown>('a'), pipeline.call<unknown>('b')]);
    const { socket } = await node.request(1);
    const [a, b] = node.requests.map((request) => request.idText);
    socket.write(
      `{"result":"${long}","id":${b}}{"method":"progress","params":{}} {"id":${a},"result":[]}`,
    );
    expect(await calls).toEqual([[], long]);
    await client.close();
  });

  test('leaves a connection on which a result does not end', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const pipeline = client.pipeline({ maxResultBytes: 1_000_000 });
    const calls = [
      failure(pipeline.call<unknown>('endless')),
      failure(pipeline.call<unknown>('other')),
    ];
    await node.request(1);
    const { socket, idText } = await node.request(0);
    socket.write(`{"id":${idText},"result":"`);
    const send = setInterval(() => socket.write('x'.repeat(100_000)), 1);
    await closed(socket);
    clearInterval(send);
    for (const call of calls) expect(await call).toMatchObject({ code: 'too_large' });
    node.answerWith((request) => request.result(`"${'x'.repeat(999_998)}"`));
    expect(await pipeline.call<unknown>('next')).toHaveLength(999_998);
    await client.close();
  });

  test('closes alone or with its client, and rejects calls in flight', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const [one, two] = [client.pipeline(), client.pipeline()];
    const calls = [failure(one.call<unknown>('a')), failure(two.call<unknown>('a'))];
    await node.request(1);
    const queued = failure(one.call<unknown>('b'));
    await one.close();
    await client.close();
    for (const call of [...calls, queued]) expect(await call).toMatchObject({ code: 'closed' });
    expect(await failure(two.call<unknown>('a'))).toMatchObject({ code: 'closed' });
  });
});
