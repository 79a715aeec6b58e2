import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { FakeSocket } from '../fake-lightningd/fake-socket.ts';
import { RpcClient } from './client.ts';

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}

describe('connections', () => {
  test('are kept and used newest first', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const first = client.call<unknown>('a');
    const one = await node.request(0);
    const second = client.call<unknown>('b');
    const two = await node.request(1);
    one.result('1');
    await first;
    two.result('2');
    await second;
    node.answerWith((request) => request.result('{}'));
    await client.call<unknown>('c');
    await client.call<unknown>('d');
    const newest = two.connection;
    expect(node.requests.slice(2).map((request) => request.connection)).toEqual([newest, newest]);
    expect(node.sockets).toHaveLength(2);
    await client.close();
  });

  test('carry one call at a time', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const calls = Array.from({ length: 20 }, (_, index) => client.call<unknown>('x', [index]));
    await node.request(19);
    expect(new Set(node.requests.map((request) => request.connection)).size).toBe(20);
    for (const request of node.requests) request.result(request.paramsText);
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => [index]));
    await client.close();
  });

  test('close when more than idleConnections are idle', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath, idleConnections: 1 });
    const calls = [client.call<unknown>('x'), client.call<unknown>('x'), client.call<unknown>('x')];
    await node.request(2);
    for (const request of node.requests) request.result('{}');
    await Promise.all(calls);
    let open = node.sockets.length;
    await new Promise<void>((resolve) => {
      const onClose = (): void => {
        if (--open === 1) resolve();
      };
      for (const socket of node.sockets) void closed(socket).then(onClose, onClose);
    });
    expect(node.sockets.filter((socket) => !socket.destroyed)).toHaveLength(1);
    await client.close();
  });

  test('beyond the limit fail as overloaded, and a finished call makes room', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath, maxConnections: 2 });
    const calls = [client.call<unknown>('x'), client.call<unknown>('x')];
    expect(await codeOf(client.call<unknown>('x'))).toBe('overloaded');
    await node.request(1);
    expect(await codeOf(client.callStream('x'))).toBe('overloaded');
    for (const request of node.requests) request.result('{}');
    await Promise.all(calls);
    node.answerWith((request) => request.result('"again"'));
    expect(await Promise.all([client.call<unknown>('x'), client.call<unknown>('x')])).toEqual([
      'again',
      'again',
    ]);
    await client.close();
  });

  test('that failed do not count against the limit', async () => {
    await using node = await FakeSocket.start((request) => request.socket.destroy());
    const client = new RpcClient({ socketPath: node.socketPath, maxConnections: 1 });
    for (let count = 0; count < 3; count++)
      expect(await codeOf(client.call<unknown>('x'))).toBe('closed');
    await node.stop();
    expect(await codeOf(client.call<unknown>('x'))).toBe('socket_missing');
    expect(await codeOf(client.call<unknown>('x'))).toBe('socket_missing');
    await client.close();
  });

  test('that the node closed while idle are replaced without an error', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    await client.call('getinfo');
    await node.stop();
    await node.listen();
    await client.callText('invoice');
    expect(node.requests.map((request) => request.connection)).toEqual([0, 1]);
    await client.close();
  });

  test('that closed while this program was busy are not reused', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    for (let count = 0; count < 20; count++) {
      await client.call('getinfo');
      for (const socket of node.sockets) socket.destroy();
      // No turn of the event loop between the node's close and the next call.
      await client.callText('invoice');
    }
    expect(node.requests).toHaveLength(40);
    await client.close();
  });

  test('with data but no pending call are not reused', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    await client.call('getinfo');
    const { socket } = await node.request(0);
    socket.write('{"jsonrpc":"2.0","id":"rpc:getinfo#1","result":{}}');
    await closed(socket);
    await client.call('getinfo');
    expect(node.sockets).toHaveLength(2);
    await client.close();
  });

  test('can receive white space while idle', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    await client.call('getinfo');
    await new Promise((resolve) => {
      node.sockets[0]?.write('\n\n', resolve);
    });
    expect(await client.call('getinfo')).toEqual({});
    expect(node.sockets).toHaveLength(1);
    await client.close();
  });

  const NOTIFICATION = '{"jsonrpc":"2.0","method":"message","params":{}}\n\n';

  test.each([
    ['before the reply', NOTIFICATION, ''],
    ['in one piece behind the reply', '', NOTIFICATION],
  ])('that receive a notification %s are not reused', async (_, before, behind) => {
    await using node = await FakeSocket.start(({ idText, socket }) => {
      socket.write(`${before}{"id":${idText},"result":1}${behind}`);
    });
    const client = new RpcClient({ socketPath: node.socketPath });
    expect(await client.call('getinfo')).toBe(1);
    expect(await client.call('getinfo')).toBe(1);
    expect(node.requests.map(({ connection }) => connection)).toEqual([0, 1]);
    await client.close();
  });

  test('that receive a notification while idle are closed', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    await client.call('getinfo');
    const { socket } = await node.request(0);
    socket.write(NOTIFICATION);
    await closed(socket);
    await client.call('getinfo');
    expect(node.sockets).toHaveLength(2);
    await client.close();
  });

  test.each([
    ['text', async (client: RpcClient) => client.callText('x', {}, { ownConnection: true })],
    [
      'stream',
      async (client: RpcClient) => {
        const stream = await client.callStream('x', {}, { ownConnection: true });
        return Buffer.concat(await stream.toArray()).toString();
      },
    ],
  ])('with ownConnection are new and not kept: %s', async (_, own) => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    await client.call('getinfo');
    expect(await own(client)).toBe('{}');
    await closed((await node.request(1)).socket);
    await client.call('getinfo');
    expect(node.requests.map(({ connection }) => connection)).toEqual([0, 1, 0]);
    await client.close();
  });

  test('with ownConnection close after an error too, and count towards the limit', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath, maxConnections: 1 });
    const refused = client.callText('x', {}, { ownConnection: true });
    const request = await node.request(0);
    expect(await codeOf(client.callText('y', {}, { ownConnection: true }))).toBe('overloaded');
    request.error('{"code":-32602,"message":"no"}');
    expect(await codeOf(refused)).toBe(-32602);
    await closed(request.socket);
    node.answerWith((next) => next.result('{}'));
    expect(await client.call<unknown>('y')).toEqual({});
    await client.close();
  });

  test('with a partial notification after the reply are not reused', async () => {
    await using node = await FakeSocket.start((request) => {
      request.socket.write(`{"id":${request.idText},"result":1}{"method":`);
    });
    const client = new RpcClient({ socketPath: node.socketPath });
    expect(await client.call('getinfo')).toBe(1);
    expect(await client.call('getinfo')).toBe(1);
    expect(node.sockets).toHaveLength(2);
    await client.close();
  });
});

describe('closing a client', () => {
  test('fails calls in flight and later calls', async () => {
    await using node = await FakeSocket.start();
    const client = new RpcClient({ socketPath: node.socketPath });
    const call = codeOf(client.call('waitanyinvoice'));
    const connecting = codeOf(client.call('getinfo'));
    await node.request(0);
    const early = codeOf(client.call('getinfo'));
    await client.close();
    expect(await Promise.all([call, connecting, early])).toEqual(['closed', 'closed', 'closed']);
    expect(await codeOf(client.call('getinfo'))).toBe('closed');
    expect(await codeOf(client.pipeline().call('getinfo'))).toBe('closed');
    await client.close();
  });

  test('between the connection and the request sends nothing', async () => {
    await using node = await FakeSocket.start((request) => request.result('{}'));
    const client = new RpcClient({ socketPath: node.socketPath });
    await client.call('getinfo');
    const call = codeOf(client.call<unknown>('pay'));
    // The next microtasks acquire the kept connection.
    await Promise.resolve();
    await client.close();
    expect(await call).toBe('closed');
  });
});

describe('a socket path too long for the system', () => {
  test('is replaced by a shorter path', async () => {
    await using node = await FakeSocket.start((request) => request.result('"here"'));
    const deep = join(node.directory, 'd'.repeat(100), 'e'.repeat(100));
    await mkdir(deep, { recursive: true });
    await rename(node.socketPath, join(deep, 'lightning-rpc'));
    const client = new RpcClient({ socketPath: join(deep, 'lightning-rpc') });
    expect(await Promise.all([client.call('getinfo'), client.call('getinfo')])).toEqual([
      'here',
      'here',
    ]);
    await client.close();
    await rm(join(deep, 'lightning-rpc'));
    const gone = new RpcClient({ socketPath: join(deep, 'lightning-rpc') });
    expect(await codeOf(gone.call('getinfo'))).toBe('socket_missing');
    const nowhere = new RpcClient({ socketPath: join(deep, 'no', 'lightning-rpc') });
    expect(await codeOf(nowhere.call('getinfo'))).toBe('socket_missing');
  });

  test('is an error if no shorter path exists', async () => {
    const socketPath = join('/', 'a'.repeat(60), 'b'.repeat(120));
    const client = new RpcClient({ socketPath });
    const error: unknown = await client.call('getinfo').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'socket_missing' });
    expect(String(error)).toMatch(/has 182 bytes \(limit: 10[37]\)/);
  });
});
