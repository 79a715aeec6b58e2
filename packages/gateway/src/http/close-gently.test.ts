import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { closeGently } from './close-gently.ts';

const MIB = 1024 * 1024;

test('flooding clients get their response, and are read at a limited rate for a second', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('response');
    closeGently(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const flood = Buffer.alloc(MIB);
  const received = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      let text = '';
      client.on('data', (chunk: Buffer) => (text += chunk.toString()));
      client.on('error', () => undefined);
      const send = (): void => {
        while (!client.destroyed && client.writable && client.write(flood));
      };
      client.on('connect', send).on('drain', send);
      await new Promise((resolve) => client.once('close', resolve));
      return text;
    }),
  );
  expect(received).toEqual(received.map(() => 'response'));
  const total = sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  expect(total).toBeLessThan(64 * MIB);
});
