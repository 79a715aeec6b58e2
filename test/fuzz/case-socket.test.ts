import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CaseSocket } from '../../fuzz/case-socket.ts';

/** A connection, and the server's end of it. */
async function connected(): Promise<{ socket: CaseSocket; server: Socket }> {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const { port } = listener.address() as AddressInfo;
  const socket = new CaseSocket(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  await socket.connect('connect');
  const [server] = await accepted;
  onTestFinished(async () => {
    await socket.destroy();
    server.destroy();
    listener.close();
  });
  return { socket, server };
}

test('counts what it writes, and wakes for bytes, FIN and the end', async () => {
  const { socket, server } = await connected();
  let read = '';
  socket.read((bytes) => (read += bytes.toString()));
  expect(await socket.write(Buffer.from('abc'), 10_000)).toBe(true);
  expect([socket.hasConnected, socket.sent]).toEqual([true, 3]);
  const bytes = socket.nextBytes(60_000);
  server.write('xyz');
  await bytes;
  expect(read).toBe('xyz');
  const fin = socket.nextBytes(60_000);
  server.end();
  await fin;
  expect([socket.hasEnded, socket.isClosed]).toEqual([true, false]);
  const closes = socket.closes(60_000);
  socket.raw.end();
  expect([await closes, socket.isClosed]).toEqual([true, true]);
});

test('notices a server that does not read, and one that does not close', async () => {
  const { socket, server } = await connected();
  server.pause();
  let isRead = true;
  for (let count = 0; isRead && count < 100; count++) {
    isRead = await socket.write(Buffer.alloc(1024 * 1024), 50);
  }
  expect(isRead).toBe(false);
  expect(await socket.closes(20)).toBe(false);
});

test('has not connected if the port is closed', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  const socket = new CaseSocket(connect({ port, host: '127.0.0.1' }));
  await socket.connect('connect');
  expect([socket.hasConnected, socket.isClosed]).toEqual([false, true]);
});
