import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { ask, RawClient } from '@clnrest/testing/http-client';
import { testGateway, type TestGateway, type TestOptions } from '../testing/gateway.ts';
import { notification } from '../testing/notification.ts';

const POLLING = 'EIO=4&transport=polling';
const WEBSOCKET = 'EIO=4&transport=websocket';

type Headers = Readonly<Record<string, string>>;

const start = (options: TestOptions = {}): Promise<TestGateway> =>
  testGateway({ holdMs: 0, ...options });

/** The complete response to a request for an upgrade to websocket, until the connection is closed. */
async function upgrade(
  { port }: TestGateway,
  query: string,
  { method = 'GET', ...headers }: Headers = {},
): Promise<string> {
  const client = await openWebsocket(port, query, headers, method);
  onTestFinished(() => void client.socket.destroy());
  return client.all();
}

async function openWebsocket(
  port: number,
  query: string,
  headers: Headers = {},
  method = 'GET',
): Promise<RawClient> {
  const client = await RawClient.connect(port);
  const all = {
    Host: 'x',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  client.write(`${method} /socket.io/${query} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return client;
}

async function session(url: string): Promise<string> {
  const { body } = await ask(`${url}/socket.io/?${POLLING}`);
  return (JSON.parse(body.slice(1)) as { sid: string }).sid;
}

/** Checks the error envelope in a response, and returns the status and the message. */
function envelopeIn(answer: string): { status: number; message: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { code, message, error } = JSON.parse(body) as Record<string, unknown>;
  expect(head.toLowerCase()).toContain('content-type: application/json');
  expect(error).toEqual({ code, message });
  expect(code).toBeTypeOf('number');
  return { status: Number(head.slice(9, 12)), message: String(message) };
}

const VERSION = 'engine_protocol';
const TRANSPORT = 'engine_transport';
const SESSION = 'engine_session';
const REQUEST = 'engine_request';

describe('a polling request is refused with the envelope and a log line', () => {
  test.each<[string, string, string, string, number]>([
    ['Socket.IO 2', 'GET', '?EIO=3&transport=polling', VERSION, 400],
    ['no EIO', 'GET', '?transport=polling', VERSION, 400],
    ['no query', 'GET', '', VERSION, 400],
    ['two EIO', 'GET', '?EIO=4&EIO=3&transport=polling', REQUEST, 400],
    ['an unknown transport', 'GET', '?EIO=4&transport=pigeon', TRANSPORT, 400],
    ['no transport', 'GET', '?EIO=4', TRANSPORT, 400],
    ['a member of every object', 'GET', '?EIO=4&transport=constructor', TRANSPORT, 400],
    ['a websocket without an upgrade', 'GET', `?${WEBSOCKET}`, TRANSPORT, 400],
    ['an unknown sid', 'GET', `?${POLLING}&sid=nobody`, SESSION, 400],
    ['a sid that is a member of every object', 'GET', `?${POLLING}&sid=__proto__`, SESSION, 400],
    ['a huge sid', 'GET', `?${POLLING}&sid=${'x'.repeat(4_000)}`, SESSION, 400],
    ['two sids', 'GET', `?${POLLING}&sid=a&sid=b`, REQUEST, 400],
    ['POST without a session', 'POST', `?${POLLING}`, REQUEST, 400],
    ['another method', 'PUT', `?${POLLING}`, 'not_get_or_post', 405],
  ])('%s', async (_, method, query, kind, status) => {
    const { url, logged } = await start();
    const answer = await ask(`${url}/socket.io/${query}`, { method });
    expect(answer.status).toBe(status);
    const { code, message, error } = answer.json() as Record<string, unknown>;
    expect(error).toEqual({ code, message });
    const line = await logged(0);
    expect(line).toContain(` ${method} /socket.io/: ${status} ${kind}. `);
    expect(answer.body + line).not.toContain('nobody');
  });

  test('HEAD, with and without a session', async () => {
    const { url, log } = await start();
    const sid = await session(url);
    for (const query of [POLLING, `${POLLING}&sid=${sid}`]) {
      expect((await ask(`${url}/socket.io/?${query}`, { method: 'HEAD' })).status).toBe(400);
    }
    expect(log).toHaveLength(2);
  });

  test.each<[string, Headers, string, number, string]>([
    ['too large', {}, 'x'.repeat(70_000), 413, 'body_too_large'],
    ['binary', { 'content-type': 'application/octet-stream' }, 'x', 400, REQUEST],
  ])('a body that is %s, and the session continues', async (_, headers, body, status, kind) => {
    const { url, logged } = await start();
    const path = `${url}/socket.io/?${POLLING}&sid=${await session(url)}`;
    const answer = await ask(path, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.json()).toHaveProperty('error.code', -32600);
    expect(await logged(0)).toContain(kind);
    await ask(path, { method: 'POST', body: `40{"rune":"${RUNE}"}` });
    expect((await ask(path)).body).toMatch(/^40/);
  });

  test('concurrent polls, which also close the session', async () => {
    const { url, logged } = await start();
    const path = `${url}/socket.io/?${POLLING}&sid=${await session(url)}`;
    const answers = await Promise.all([ask(path), ask(path)]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.json()).toHaveProperty('error.code', -32600);
    expect(await logged(0)).toContain(REQUEST);
    expect((await ask(path)).json()).toHaveProperty('message', 'No open session has this ID');
  });

  test('not for a request target with an invalid host', async () => {
    const { port } = await start();
    const client = await RawClient.connect(port);
    client.write(
      `GET http://x:99999/socket.io/?${POLLING} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(await client.all()).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a websocket handshake is refused before the upgrade', () => {
  test.each<[string, string, Headers, string, number]>([
    ['Socket.IO 2', '?EIO=3&transport=websocket', {}, VERSION, 400],
    ['no EIO', '?transport=websocket', {}, VERSION, 400],
    ['no query', '', {}, VERSION, 400],
    ['two EIO', '?EIO=4&EIO=3&transport=websocket', {}, REQUEST, 400],
    ['two transports', `?${WEBSOCKET}&transport=polling`, {}, REQUEST, 400],
    ['an unknown transport', '?EIO=4&transport=pigeon', {}, TRANSPORT, 400],
    ['polling', `?${POLLING}`, {}, TRANSPORT, 400],
    ['an unknown sid', `?${WEBSOCKET}&sid=nobody`, {}, SESSION, 400],
    ['two sids', `?${WEBSOCKET}&sid=a&sid=b`, {}, REQUEST, 400],
    ['another method', `?${WEBSOCKET}`, { method: 'POST' }, TRANSPORT, 400],
    ['no key', `?${WEBSOCKET}`, { 'Sec-WebSocket-Key': 'short' }, REQUEST, 400],
    ['another version', `?${WEBSOCKET}`, { 'Sec-WebSocket-Version': '7' }, REQUEST, 400],
    ['a repeated protocol', `?${WEBSOCKET}`, { 'Sec-WebSocket-Protocol': 'a, a' }, REQUEST, 400],
    ['no protocol', `?${WEBSOCKET}`, { 'Sec-WebSocket-Protocol': 'a,,b' }, REQUEST, 400],
    [
      'a protocol that is not a token',
      `?${WEBSOCKET}`,
      { 'Sec-WebSocket-Protocol': 'a\u00A0' },
      REQUEST,
      400,
    ],
  ])('%s', async (_, query, headers, kind, status) => {
    const gateway = await start();
    const answer = await upgrade(gateway, query, headers);
    expect(answer).not.toContain(' 101 ');
    expect(envelopeIn(answer).status).toBe(status);
    expect(await gateway.logged(0)).toContain(`/socket.io/: ${status} ${kind}. `);
    expect(gateway.log).toHaveLength(1);
    expect(answer + (gateway.log[0] ?? '')).not.toContain('nobody');
  });

  test('of a page with another origin', async () => {
    const gateway = await start({ settings: { origins: ['https://a.example'] } });
    const answer = await upgrade(gateway, `?${WEBSOCKET}`, { Origin: 'https://evil.example' });
    expect(envelopeIn(answer)).toEqual({ status: 403, message: 'Origin is not allowed' });
    expect(await gateway.logged(0)).toContain('403 origin_refused');
  });

  test('for a session that has a websocket, and the session continues', async () => {
    const gateway = await start();
    const socket = await subscribed(gateway.url);
    if (socket.io.engine.transport.name === 'polling') {
      await once(socket.io.engine as never, 'upgrade');
    }
    const { id: sid } = socket.io.engine;
    for (let i = 0; i < 3; i++) {
      const answer = await upgrade(gateway, `?${WEBSOCKET}&sid=${sid}`);
      expect(envelopeIn(answer).message).toContain('the session already has a websocket');
    }
    const poll = await ask(`${gateway.url}/socket.io/?${POLLING}&sid=${sid}`);
    expect(poll.status).toBe(400);
    expect(poll.json()).toHaveProperty('error.code', -32600);
    const received = once(socket as never, 'message');
    gateway.notify(notification('t'));
    expect(await received).toEqual([{ t: {} }]);
  });

  test('for a session during another upgrade', async () => {
    const gateway = await start();
    const sid = await session(gateway.url);
    const first = await openWebsocket(gateway.port, `?${WEBSOCKET}&sid=${sid}`);
    onTestFinished(() => void first.socket.destroy());
    await first.until(/101/);
    const answer = await upgrade(gateway, `?${WEBSOCKET}&sid=${sid}`);
    expect(envelopeIn(answer).message).toContain('the session already has a websocket');
    expect(first.socket.destroyed).toBe(false);
  });

  test('for a closed session', async () => {
    const gateway = await start();
    const sid = await session(gateway.url);
    // The packet type CLOSE of Engine.IO.
    const path = `${gateway.url}/socket.io/?${POLLING}&sid=${sid}`;
    await ask(path, { method: 'POST', body: '1' });
    const answer = await upgrade(gateway, `?${WEBSOCKET}&sid=${sid}`);
    expect(envelopeIn(answer).message).toBe('No open session has this ID');
  });
});

type Options = NonNullable<Parameters<typeof io>[1]>;

function connect(url: string, options: Options): Socket {
  const socket = io(url, { reconnection: false, forceNew: true, ...options });
  onTestFinished(() => void socket.close());
  return socket;
}

async function subscribed(url: string): Promise<Socket> {
  const socket = connect(url, { extraHeaders: { rune: RUNE } });
  await once(socket as never, 'connect');
  return socket;
}

describe('socket.io-client reports the refusal', () => {
  const origins = ['https://a.example'];
  const extraHeaders = { origin: 'https://evil.example' };

  test('of polling, with the status', async () => {
    const { url } = await start({ settings: { origins } });
    const socket = connect(url, { transports: ['polling'], extraHeaders });
    const [error] = (await once(socket as never, 'connect_error')) as [
      Error & { description?: unknown },
    ];
    expect([error.message, error.description]).toEqual(['xhr poll error', 403]);
  });

  test('of a websocket', async () => {
    const { url } = await start({ settings: { origins } });
    const socket = connect(url, { transports: ['websocket'], extraHeaders });
    const [error] = (await once(socket as never, 'connect_error')) as [
      Error & { description?: { message?: string } },
    ];
    expect(error.message).toBe('websocket error');
    expect(error.description?.message).toContain('403');
  });
});
