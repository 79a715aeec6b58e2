import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { issueAuthority } from '../certificates/issue.ts';
import { StalledReaders } from './stalled-readers.ts';

const LIMIT_MS = 400;
/** One write, and more than the system buffers. */
const RESPONSE = Buffer.alloc(16 * 1024 * 1024);

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function respond(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.end(RESPONSE);
}

const TRANSPORTS = [
  [
    'TCP',
    async (readers) => {
      const server = createServer(respond).on('connection', (socket) => readers.watch(socket));
      return connect(await listen(server), '127.0.0.1');
    },
  ],
  [
    'TLS',
    async (readers) => {
      const { certificate: cert, key } = await issueAuthority(new Date());
      const server = createTlsServer({ cert, key }, respond);
      server.on('connection', (socket: Socket) => readers.watch(socket));
      const port = await listen(server);
      return connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    },
  ],
] as const satisfies readonly [string, (readers: StalledReaders) => Promise<Socket>][];

describe.each(TRANSPORTS)('over %s', (_name, open) => {
  test('a client that reads slowly gets the whole response', async () => {
    const readers = new StalledReaders(LIMIT_MS);
    onTestFinished(() => readers.stop());
    const client = await open(readers);
    let received = 0;
    client.on('data', async (chunk: Buffer) => {
      const before = received >> 20;
      received += chunk.length;
      if (received >> 20 === before) return;
      client.pause();
      await delay(LIMIT_MS / 4);
      client.resume();
    });
    await once(client, 'end');
    expect(received).toBe(RESPONSE.length);
  });

  test('a client that does not read is disconnected', async () => {
    const readers = new StalledReaders(LIMIT_MS);
    onTestFinished(() => readers.stop());
    const client = await open(readers);
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.on('error', () => undefined).pause();
    const sending = setInterval(() => client.write('x'), 20);
    onTestFinished(() => clearInterval(sending));
    await closed;
  });
});
