import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { closed, writable } from '@clnrest/testing';
import { FakeSocket, type FakeRequest } from '../fake-lightningd/fake-socket.ts';
import { RpcClient } from './client.ts';

const MB = 1024 * 1024;

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

/** Replies with an array of `count` strings of 1 MB, as fast as the client reads. Returns the bytes written. */
async function answerLots(request: FakeRequest, count: number): Promise<void> {
  const { socket } = request;
  socket.write(`{"jsonrpc":"2.0","id":${request.idText},"result":["`);
  const block = Buffer.alloc(MB, 'a}{\\"');
  for (let index = 0; index < count && !socket.destroyed; index++) {
    if (!socket.write(block)) await writable(socket);
  }
  if (!socket.destroyed) socket.write('"]}\n\n');
}

describe('a streamed result', () => {
  test('is the raw bytes, and its connection is reused', async () => {
    await using node = await FakeSocket.start((request) =>
      request.result('{ "msat": 18446744073709551615,\n\n "s":"é" }'),
    );
    const client = new RpcClient({ socketPath: node.socketPath });
    for (let count = 0; count < 3; count++) {
      const stream = await client.callStream('listinvoices');
      const bytes = Buffer.concat(await stream.toArray());
      expect(bytes.toString()).toBe('{ "msat": 18446744073709551615,\n\n "s":"é" }');
    }
    expect(node.sockets).toHaveLength(1);
    await client.close();
  });

  test(
    'of hundreds of megabytes reaches a slow reader in constant memory',
    { timeout: 60_000 },
    async () => {
      const total = 200;
      await using node = await FakeSocket.start((request) => void answerLots(request, total));
      const client = new RpcClient({ socketPath: node.socketPath });
      const stream = await client.callStream('listforwards');
      const buffersAtStart = process.memoryUsage().arrayBuffers;
      let bytes = 0;
      let peak = 0;
      for await (const piece of stream) {
        bytes += (piece as Buffer).length;
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
        if (bytes % 7 === 0) await turn();
      }
      expect(bytes).toBe(total * MB + 4);
      // The measurement includes garbage, and the fake node, which is in this process.
      expect(peak - buffersAtStart).toBeLessThan(100 * MB);
      expect(await failure(client.callStream('x', 'not json'))).toMatchObject({
        code: 'invalid_request',
      });
      await client.close();
    },
  );

  test('that is not read pauses the node', async () => {
    let written = 0;
    await using node = await FakeSocket.start((request) => {
      request.socket.write(`{"jsonrpc":"2.0","id":${request.idText},"result":["`);
      const block = Buffer.alloc(64 * 1024, 'a');
      const fill = (): void => {
        do written += block.length;
        while (request.socket.write(block));
        request.socket.once('drain', fill);
      };
      fill();
    });
    const client = new RpcClient({ socketPath: node.socketPath });
    const stream = await client.callStream('listforwards');
    // The node stops when both socket buffers and the read-ahead are full.
    let before = -1;
    for (let quiet = 0; quiet < 100; quiet = written === before ? quiet + 1 : 0) {
      before = written;
      await turn();
    }
    expect(written).toBeLessThan(4 * MB);
    stream.destroy();
    await closed((await node.request(0)).socket);
    await client.close();
  });

  test('that is destroyed closes its connection, and only its own', async () => {
    await using node = await FakeSocket.start((request) => void answerLots(request, 20));
    const client = new RpcClient({ socketPath: node.socketPath });
    const stream = await client.callStream('a');
    const other = await client.callStream('b');
    const socket = (await node.request(0)).socket;
    stream.destroy();
    await closed(socket);
    let bytes = 0;
    for await (const piece of other) bytes += (piece as Buffer).length;
    expect(bytes).toBe(20 * MB + 4);
    await client.close();
  });

  test('that is destroyed after its end leaves its connection usable', async () => {
    await using node = await FakeSocket.start((request) => request.result('[1,2,3]'));
    const client = new RpcClient({ socketPath: node.socketPath });
    const stream = await client.callStream('a');
    node.answerWith(() => {});
    const next = client.call<unknown>('b');
    const request = await node.request(1);
    stream.destroy();
    await once(stream, 'close');
    request.result('"fine"');
    expect(await next).toBe('fine');
    expect(node.sockets).toHaveLength(1);
    await client.close();
  });

  test('that is aborted fails with the reason', async () => {
    await using node = await FakeSocket.start((request) => void answerLots(request, 20));
    const client = new RpcClient({ socketPath: node.socketPath });
    const abort = new AbortController();
    const stream = await client.callStream('a', {}, { signal: abort.signal, timeoutMs: 60_000 });
    abort.abort(new Error('enough'));
    expect(await failure(stream.toArray())).toEqual(new Error('enough'));
    await client.close();
  });

  test('has no time limit after its start', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const silent = failure(client.callStream('a', {}, { timeoutMs: 30 }));
      const begun = client.callStream('b', {}, { timeoutMs: 30 });
      const request = await node.request(1);
      request.socket.write(`{"id":${request.idText},"result":[`);
      const stream = await begun;
      vi.advanceTimersByTime(1_000);
      expect(await silent).toMatchObject({ code: 'timed_out' });
      request.socket.write('1]}');
      expect(Buffer.concat(await stream.toArray()).toString()).toBe('[1]');
    } finally {
      vi.useRealTimers();
    }
    await client.close();
  });

  test('that ends early fails with closed, regardless of what was read', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const call = client.callStream('a');
    const { socket, idText } = await node.request(0);
    socket.write(`{"id":${idText},"result":[1,2`);
    const stream = await call;
    socket.end();
    expect(await failure(stream.toArray())).toMatchObject({
      name: 'TransportError',
      code: 'closed',
    });
    await client.close();
  });

  test('rejects if an error reply arrives in pieces', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const call = failure(client.callStream('a'));
    const { socket, idText } = await node.request(0);
    await new Promise((resolve) => {
      socket.write(`{"jsonrpc":"2.0","id":${idText},"error":{"code":205,`, resolve);
    });
    await turn();
    socket.write('"message":"no route","data":[1.0]}}');
    expect(await call).toMatchObject({ name: 'RpcError', code: 205, dataText: '[1.0]' });
    await client.close();
  });
});

describe('a streamed result before its id', () => {
  test('starts immediately', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const call = client.callStream('a');
    const { socket, idText } = await node.request(0);
    socket.write('{"result":[1,');
    const stream = await call;
    socket.write(`2],"id":${idText}}`);
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('[1,2]');
    await client.close();
  });

  test('is destroyed at its end if the id is wrong', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const call = client.callStream('a');
    const { socket } = await node.request(0);
    socket.write('{"result":[1,');
    const stream = await call;
    socket.write('2],"id":"other"}');
    expect(await failure(stream.toArray())).toMatchObject({ code: 'malformed_reply' });
    await client.close();
  });

  test('with a wrong id rejects if it arrives whole', async () => {
    await using node = await FakeSocket.start((request) =>
      request.socket.write('{"result":[1,2],"id":"other"}'),
    );
    const client = new RpcClient({ socketPath: node.socketPath });
    expect(await failure(client.callStream('a'))).toMatchObject({ code: 'malformed_reply' });
    await client.close();
  });

  test('rejects if an error follows it', async () => {
    await using node = await FakeSocket.start((request) =>
      request.socket.write(
        `{"result":null,"error":{"code":1,"message":"no"},"id":${request.idText}}`,
      ),
    );
    const client = new RpcClient({ socketPath: node.socketPath });
    expect(await failure(client.callStream('a'))).toMatchObject({ name: 'RpcError', code: 1 });
    expect(await failure(client.call<unknown>('a'))).toMatchObject({ name: 'RpcError', code: 1 });
    await client.close();
  });
});
