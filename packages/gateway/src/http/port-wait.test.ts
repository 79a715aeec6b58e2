import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PortWait } from './port-wait.ts';

async function listening(port = 0): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

function portWait(waitMs: number, signal?: AbortSignal) {
  const log: string[] = [];
  const ports = new PortWait({
    log: (level, message) => log.push(`${level}: ${message}`),
    waitMs,
    signal,
  });
  return { log, ports };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

test('listens on a free port immediately, without a line', async () => {
  const { log, ports } = portWait(60_000);
  const server = await ports.listen('127.0.0.1', 0, () => listening());
  expect(server.listening).toBe(true);
  expect(log).toEqual([]);
});

test('listens when another process has released the port, and logs the wait once', async () => {
  const other = await listening();
  const port = portOf(other);
  const { log, ports } = portWait(60_000);
  let attempts = 0;
  const server = await ports.listen('127.0.0.1', port, () => {
    if (++attempts === 3) other.close();
    return listening(port);
  });
  expect(portOf(server)).toBe(port);
  expect(attempts).toBeGreaterThanOrEqual(3);
  expect(log).toEqual([
    `info: Port ${port} of 127.0.0.1 is in use: waiting up to 60 seconds for it`,
  ]);
});

test('rejects with the error of the system if the port stays in use, and does not wait for another port', async () => {
  const port = portOf(await listening());
  const { log, ports } = portWait(150);
  const failure = { code: 'EADDRINUSE' };
  await expect(ports.listen('127.0.0.1', port, () => listening(port))).rejects.toMatchObject(
    failure,
  );
  let attempts = 0;
  const again = ports.listen('127.0.0.1', port, () => {
    attempts++;
    return listening(port);
  });
  await expect(again).rejects.toMatchObject(failure);
  expect([attempts, log.length]).toEqual([1, 1]);
});

test('rejects immediately with any other error', async () => {
  const { log, ports } = portWait(60_000);
  const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
  await expect(ports.listen('127.0.0.1', 80, () => Promise.reject(error))).rejects.toBe(error);
  expect(log).toEqual([]);
});

test('ends the wait when its signal aborts', async () => {
  const port = portOf(await listening());
  const abort = new AbortController();
  const { ports } = portWait(60_000, abort.signal);
  const waiting = ports.listen('127.0.0.1', port, () => {
    setImmediate(() => abort.abort());
    return listening(port);
  });
  await expect(waiting).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
