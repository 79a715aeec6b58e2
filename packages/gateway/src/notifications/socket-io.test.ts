import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { PluginNotification } from '@clnrest/lightningd';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { testGateway, type TestOptions } from '../testing/gateway.ts';

/** Sends notifications immediately. The tests of the hub cover the collecting. */
const startGateway = (options: TestOptions = {}) => testGateway({ ...options, holdMs: 0 });

const notification = (
  topic: string,
  text = `{"${topic}":{}}`,
  origin?: string,
): PluginNotification => ({
  topic,
  origin,
  paramsText: text,
  params: JSON.parse(text) as unknown,
  payload: undefined,
});

type Options = NonNullable<Parameters<typeof io>[1]>;

function connect(url: string, options: Options = {}): Socket {
  const socket = io(url, { reconnection: false, forceNew: true, ...options });
  onTestFinished(() => void socket.close());
  return socket;
}

async function subscribed(url: string, options: Options = {}): Promise<Socket> {
  const socket = connect(url, { extraHeaders: { rune: RUNE }, ...options });
  await once(socket as never, 'connect');
  return socket;
}

const refused = async (socket: Socket): Promise<unknown> => {
  const [error] = (await once(socket as never, 'connect_error')) as [Error & { data?: unknown }];
  return [error.message, error.data];
};

const TRANSPORTS: [string, Options][] = [
  ['polling, then websocket', {}],
  ['polling only', { transports: ['polling'] }],
  ['websocket only', { transports: ['websocket'] }],
];

test.each(TRANSPORTS)('%s: delivers messages in order', async (_, options) => {
  const gateway = await startGateway();
  const socket = await subscribed(gateway.url, options);
  const received: unknown[] = [];
  const all = new Promise<void>((resolve) => {
    socket.on('message', (message) => {
      if (received.push(message) === 100) resolve();
    });
  });
  for (let i = 0; i < 100; i++)
    gateway.notify(notification('t', `{"t":{"n":${i},"big":18446744073709551615}}`));
  await all;
  expect(received).toEqual(
    Array.from({ length: 100 }, (_v, n) => ({ t: { n, big: 18_446_744_073_709_552_000 } })),
  );
});

test('sends every digit that the node wrote', async () => {
  const gateway = await startGateway();
  const socket = await subscribed(gateway.url, { transports: ['websocket'] });
  const raw = new Promise<string>((resolve) => {
    socket.io.engine.on('packet', ({ type, data }: { type: string; data?: string }) => {
      if (type === 'message' && data?.startsWith('2') === true) resolve(data);
    });
  });
  gateway.notify(notification('t', '{"t": 18446744073709551615}', 'a-plugin'));
  expect(await raw).toBe('2["message",{"t": 18446744073709551615,"origin":"a-plugin"}]');
});

describe('the rune', () => {
  test.each<[string, Options]>([
    ['a header of any case', { extraHeaders: { RuNe: RUNE } }],
    ['auth, for browsers', { auth: { rune: RUNE } }],
  ])('is accepted in %s', async (_, options) => {
    const { url, node } = await startGateway();
    const socket = connect(url, options);
    await once(socket as never, 'connect');
    expect(node.paramsOf('checkrune')).toEqual([
      `{"rune":"${RUNE}","method":"getinfo","params":{}}`,
    ]);
  });

  test('is required', async () => {
    const { url, log } = await startGateway();
    const message = 'Not authorized: Missing rune';
    expect(await refused(connect(url))).toEqual([message, { code: 1501, message }]);
    expect(log).toEqual([
      `info: 127.0.0.1 GET /socket.io/: 403 missing_rune. Error code 1501: ${message}`,
    ]);
  });

  test.each([
    [1501, 'Not authorized: Not derived from master'],
    [1502, 'Not permitted: method is not equal to invoice'],
    [1503, 'Not authorized: Blacklisted rune'],
  ])('is refused with the node’s error %i, and nothing is received', async (code, message) => {
    const node = await FakeNode.start({ checkrune: (call) => call.error(code, message) });
    const gateway = await startGateway({ node });
    const socket = connect(gateway.url, { auth: { rune: RUNE } });
    socket.on('message', () => expect.unreachable());
    expect(await refused(socket)).toEqual([message, { code, message }]);
    gateway.notify(notification('t'));
    expect(gateway.log[0]).not.toContain(RUNE);
  });

  test('is refused if the node cannot check it', async () => {
    const node = await FakeNode.start({ checkrune: (call) => call.socket.destroy() });
    const { url } = await startGateway({ node });
    expect(await refused(connect(url, { auth: { rune: RUNE } }))).toEqual([
      'The node cannot be reached',
      expect.objectContaining({ code: -32000 }),
    ]);
  });
});

test.each<[string, Options]>([
  ['auth.topics', { auth: { topics: 'mine,other' } }],
  ['a list', { auth: { topics: ['mine', 'other'] } }],
  ['the query', { query: { topics: 'mine,other' } }],
])('topics can be chosen by %s', async (_, options) => {
  const gateway = await startGateway();
  const socket = await subscribed(gateway.url, options);
  const received: unknown[] = [];
  socket.on('message', (message) => received.push(message));
  for (const topic of ['a', 'mine', 'b', 'other']) gateway.notify(notification(topic));
  while (received.length < 2) await once(socket as never, 'message');
  expect(received).toEqual([{ mine: {} }, { other: {} }]);
});

test('invalid topics are refused', async () => {
  const { url } = await startGateway();
  const socket = connect(url, { auth: { rune: RUNE, topics: 'a b' } });
  expect(await refused(socket)).toEqual([
    expect.stringMatching(/^Topics are names/),
    expect.anything(),
  ]);
});

test('a client’s message is returned to that client only', async () => {
  const { url, node } = await startGateway();
  const [one, other] = [await subscribed(url), await subscribed(url)];
  other.on('message', () => expect.unreachable());
  const echo = once(one as never, 'message');
  one.emit('message', 'hello <b>');
  expect(await echo).toEqual([{ client_message: 'hello <b>', session: one.id }]);
  expect(node.calls.map(({ method }) => method)).not.toContain('hello');
});

test('a message that is too large disconnects its sender', async () => {
  const { url } = await startGateway();
  const [large, other] = [await subscribed(url), await subscribed(url)];
  const gone = once(large as never, 'disconnect');
  large.emit('message', 'x'.repeat(200_000));
  await gone;
  expect(other.connected).toBe(true);
});

describe('a page of another origin', () => {
  const origins = ['https://a.example'];

  test.each(TRANSPORTS)('can subscribe if its origin is listed: %s', async (_, options) => {
    const { url } = await startGateway({ settings: { origins } });
    await subscribed(url, {
      ...options,
      extraHeaders: { rune: RUNE, origin: 'https://a.example' },
    });
  });

  test.each(TRANSPORTS)('cannot subscribe otherwise: %s', async (_, options) => {
    const { url } = await startGateway({ settings: { origins } });
    const extraHeaders = { rune: RUNE, origin: 'https://evil.example' };
    await once(connect(url, { ...options, extraHeaders }) as never, 'connect_error');
  });
});

test('a client that does not read is disconnected and logged, and others are not affected', async () => {
  const gateway = await startGateway({ limits: { subscriberBytes: 200_000 } });
  const stalled = await subscribed(gateway.url, { transports: ['websocket'] });
  const reading = await subscribed(gateway.url, { transports: ['websocket'] });
  const { ws } = stalled.io.engine.transport as unknown as { ws: { pause(): void } };
  ws.pause();
  let received = 0;
  const text = `{"t":"${'x'.repeat(50_000)}"}`;
  const line = gateway.logged(0);
  for (let i = 0; i < 400; i++) {
    const next = once(reading as never, 'message');
    gateway.notify(notification('t', text));
    await next;
    received++;
    if (gateway.log.length > 0) break;
  }
  expect(await line).toMatch(/503 slow_subscriber/);
  expect(received).toBeLessThan(400);
  expect(reading.connected).toBe(true);
});

describe('anonymous clients', () => {
  /** Opens a polling session, in which each call is one request. */
  async function openSession(url: string) {
    const path = `${url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await ask(path)).body.slice(1)) as { sid: string };
    return {
      send: (body: string) => ask(`${path}&sid=${sid}`, { method: 'POST', body }),
      poll: () => ask(`${path}&sid=${sid}`),
    };
  }

  /** Opens a websocket without a library. */
  async function openWebsocket(url: string) {
    const socket = connectTcp(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n' +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
    );
    let head = '';
    while (!head.includes('"maxPayload"')) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      head += chunk.toString('latin1');
    }
    return { socket, closed };
  }

  const connects = (rune: string, count: number): string =>
    Array.from({ length: count }, () => `40{"rune":"${rune}"}`).join('\u001E');

  test('that authenticate many times at once are disconnected, and cost the node one check', async () => {
    const { url, node } = await startGateway();
    const { send } = await openSession(url);
    await send(connects(RUNE, 500)).catch(() => undefined);
    const subscriber = await subscribed(url);
    expect(node.paramsOf('checkrune').length).toBeLessThanOrEqual(2);
    expect(subscriber.connected).toBe(true);
  });

  test('that were refused can try again', async () => {
    const message = 'Not permitted: too soon';
    let isLate = false;
    const node = await FakeNode.start({
      checkrune: (call) => (isLate ? call.result('{"valid":true}') : call.error(1502, message)),
    });
    const { url } = await startGateway({ node });
    const { send, poll } = await openSession(url);
    await send(connects(RUNE, 1));
    expect((await poll()).body).toContain(message);
    isLate = true;
    await send(connects(RUNE, 1));
    expect((await poll()).body).toMatch(/^40\{"sid"/);
  });

  test('are disconnected, oldest first, when there are too many', async () => {
    const { url, logged } = await startGateway({ limits: { connections: 20 } });
    for (let i = 0; i < 30; i++) await openSession(url);
    expect(await logged(0)).toMatch(/503 busy/);
    const subscriber = await subscribed(url, { transports: ['polling'] });
    expect(subscriber.connected).toBe(true);
  });

  test('no longer count as such after they have authenticated and upgraded to websocket', async () => {
    // The share of one address is half of the connections.
    const { url } = await startGateway({ limits: { connections: 8 } });
    for (let i = 0; i < 10; i++) {
      const socket = connect(url, { extraHeaders: { rune: RUNE } });
      const { engine } = socket.io;
      await Promise.all([once(socket as never, 'connect'), once(engine as never, 'upgrade')]);
    }
    expect((await ask(`${url}/v1/nothing`)).status).toBe(405);
  });

  test('that do not authenticate in time are disconnected', async () => {
    const { url } = await startGateway({ limits: { headersMs: 500 } });
    const { poll } = await openSession(url);
    await vi.waitUntil(async () => (await poll().catch(() => undefined))?.status !== 200, 10_000);
  });

  test('that send pings and do not read the responses are disconnected', async () => {
    const { url, logged } = await startGateway();
    const { socket, closed } = await openWebsocket(url);
    socket.pause();
    const ping = Buffer.concat([Buffer.from([0x89, 0x80 | 125, 0, 0, 0, 0]), Buffer.alloc(125)]);
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => ping));
    const send = (): void => {
      while (!socket.destroyed && socket.write(many));
    };
    socket.on('drain', send);
    send();
    expect(await logged(0)).toMatch(/400 engine_request.*too much input/);
    await closed;
  });

  test.each([
    ['pings', Buffer.from([0x89, 0x80, 0, 0, 0, 0]), 9_000],
    ['pongs', Buffer.from([0x8a, 0x80, 0, 0, 0, 0]), 9_000],
    ['fragments', Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0x61]), 20],
    ['heartbeats', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x33]), 8_000],
  ])('that send many %s are disconnected', async (name, frame, count) => {
    const { url, log } = await startGateway();
    const { socket, closed } = await openWebsocket(url);
    let received = 0;
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    if (name === 'fragments') socket.write(Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x34]));
    socket.write(Buffer.concat(Array.from({ length: count }, () => frame)));
    await closed;
    expect(received).toBeLessThan(1_000);
    if (name !== 'fragments') expect(log).toEqual([expect.stringContaining('too much input')]);
    expect((await ask(`${url}/v1/nothing`)).status).toBe(405);
  });

  test('that send a few pings get a pong for each', async () => {
    const { url, log } = await startGateway();
    const { socket } = await openWebsocket(url);
    const pongs: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => pongs.push(chunk));
    for (let i = 0; i < 10; i++) socket.write(Buffer.from([0x89, 0x81, 0, 0, 0, 0, 0x61]));
    await vi.waitUntil(() => Buffer.concat(pongs).length >= 30);
    expect(Buffer.concat(pongs)).toEqual(Buffer.from('\x8a\x01a'.repeat(10), 'latin1'));
    expect(log).toEqual([]);
  });

  test('that send many packets in one body are refused before they are decoded', async () => {
    const { url, log } = await startGateway();
    const { poll, send } = await openSession(url);
    const response = await send('3\x1e'.repeat(20_000));
    expect(response).toMatchObject({ status: 400 });
    expect(response.body).toContain('too much input');
    expect((await poll()).status).toBe(400);
    expect(log).toContainEqual(expect.stringContaining('too much input'));
  });
});

test.each(TRANSPORTS)(
  '%s: a client that sends and does not read is disconnected',
  async (_, options) => {
    const gateway = await startGateway({ limits: { subscriberBytes: 50_000 } });
    const socket = connect(gateway.url, { extraHeaders: { rune: RUNE }, ...options });
    const { engine } = socket.io;
    const upgraded =
      options.transports === undefined ? once(engine as never, 'upgrade') : undefined;
    await Promise.all([once(socket as never, 'connect'), upgraded]);
    const { transport } = socket.io.engine as unknown as {
      transport: { ws?: { pause(): void }; doPoll?: () => void };
    };
    transport.ws?.pause();
    if (transport.doPoll !== undefined) transport.doPoll = () => undefined;
    const line = gateway.logged(0);
    const text = 'x'.repeat(20_000);
    const sending = setInterval(() => socket.emit('message', text), 1);
    onTestFinished(() => clearInterval(sending));
    // Over a websocket, the rate of its input is limited first.
    expect(await line).toMatch(/503 slow_subscriber|400 engine_request.*too much input/);
  },
);

/** The argument of the next event. Node's `once` would reject at the event `error`. */
function nextEvent(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve));
}

test('subscribers receive the reason when the gateway stops', async () => {
  const gateway = await startGateway();
  const subscribers = await Promise.all(
    TRANSPORTS.map(([, options]) => subscribed(gateway.url, options)),
  );
  const reasons = subscribers.map((socket) => nextEvent(socket, 'error'));
  const gone = subscribers.map((socket) => nextEvent(socket, 'disconnect'));
  const last = subscribers.map((socket) => nextEvent(socket, 'message'));
  gateway.notify(notification('shutdown'));
  await gateway.close();
  for (const message of await Promise.all(last)) expect(message).toEqual({ shutdown: {} });
  const reason = { code: -32001, message: 'The gateway is stopping' };
  for (const error of await Promise.all(reasons)) expect(error).toEqual(reason);
  await Promise.all(gone);
});
