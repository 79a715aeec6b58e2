import { connect, type Socket } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { RUNE } from '../../packages/gateway/src/testing/rune.ts';
import { startPluginWithFakeNode } from './plugin-with-fake-node.ts';

const CALLERS = 10_000;
/** As many addresses of this machine call at the same time. */
const ADDRESSES = 40;

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('only Linux has all of 127.0.0.0/8');
});

/** Calls from an address; resolves with all that came back until the connection closed. */
function callFrom(address: string, port: number, sockets: Socket[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address });
  sockets.push(socket);
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  socket.once('connect', () =>
    socket.write(
      `POST /v1/getinfo HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\nConnection: close\r\n\r\n`,
    ),
  );
  return new Promise((resolve) => {
    socket.on('error', () => undefined).once('close', () => resolve(text));
  });
}

test(
  '10,000 callers at once: each gets a whole response or none, and the next is served',
  {
    timeout: 60_000,
  },
  async () => {
    const { call, port, node, memory } = await startPluginWithFakeNode();
    expect((await call('getinfo')).status).toBe(201);
    const before = memory();
    const sockets: Socket[] = [];
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    const texts = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) =>
        callFrom(`127.0.1.${1 + (index % ADDRESSES)}`, port, sockets),
      ),
    );
    const served = texts.filter((text) => text.startsWith('HTTP/1.1 201 '));
    const refused = texts.filter((text) => text.startsWith('HTTP/1.1 503 '));
    const closed = texts.filter((text) => text === '');
    expect(served.length + refused.length + closed.length).toBe(CALLERS);
    for (const text of served) expect(text).toMatch(/\r\n\r\n\{"id":"02aa"\}$/);
    // As many as have room at any time, at least.
    expect(served.length).toBeGreaterThan(500);
    expect(node.paramsOf('getinfo')).toHaveLength(served.length + 1);
    expect((await call('getinfo')).status).toBe(201);
    expect(memory() - before).toBeLessThan(150 * 1024 * 1024);
  },
);
