import type { RequestOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { Master, Restriction } from '@clnrest/runes';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closed, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { type Answer, ask, RawClient } from '@clnrest/testing/http-client';
import { testGateway, type TestGateway, type TestOptions } from '../testing/gateway.ts';

const OURS = new Master(new Uint8Array(32).fill(7));
const THEIRS = new Master(new Uint8Array(32).fill(8));
const SECRET = '{"secret":"0707070707070707070707070707070707070707070707070707070707070707"}';
const MIB = 1024 * 1024;

interface KnowingNode extends FakeNode {
  /** The blacklist, as the node lists it. */
  blacklist: string;
}

/** A node that returns its secret and its blacklist, and a gateway in front of it. */
async function knowing(options: TestOptions = {}): Promise<TestGateway & { node: KnowingNode }> {
  const node = await FakeNode.start({
    getinfo: (call) => call.result('{"id":"02aa"}'),
    wait: () => undefined,
    help: (call) => call.result('{"help":[{"command":"getinfo "}]}'),
    makesecret: (call) => {
      expect(call.params).toBe('{"string":"commando"}');
      call.result(SECRET);
    },
    blacklistrune: (call) => call.result(`{"blacklist":${known.blacklist}}`),
  });
  const known: KnowingNode = Object.assign(node, { blacklist: '[]' });
  return { ...(await testGateway({ node, ...options })), node: known };
}

function post(url: string, rune: string, body = '[]', options: object = {}): Promise<Answer> {
  return ask(`${url}/v1/getinfo`, { method: 'POST', headers: { rune }, body, ...options });
}

function head(rune: string, length: number, more = ''): string {
  return `POST /v1/getinfo HTTP/1.1\r\nHost: x\r\nRune: ${rune}\r\nContent-Length: ${length}\r\n${more}\r\n`;
}

/** Sends requests whose body lacks the last byte, each on a separate connection. */
async function unfinished(
  port: number,
  count: number,
  { rune, length, more = '' }: { rune: string; length: number; more?: string },
): Promise<RawClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, () => RawClient.connect(port)));
  onTestFinished(() => {
    for (const { socket } of clients) socket.destroy();
  });
  for (const client of clients)
    client.write(`${head(rune, length, more)}${' '.repeat(length - 1)}`);
  return clients;
}

const FOREIGN = THEIRS.create('1').toBase64();
const GENUINE = OURS.create('1').toBase64();
const OTHER = OURS.create('2').toBase64();

describe('before a body is read, the rune', () => {
  test('is refused if it does not derive from the secret, and other clients can send their bodies', async () => {
    const { url, port, node, log } = await knowing();
    const clients = await unfinished(port, 16, { rune: FOREIGN, length: 4 * MIB - 1 });
    for (const client of clients) {
      expect(await client.until(/\}\}$/)).toMatch(
        /^HTTP\/1\.1 401 [^]*\{"code":1501,"message":"Not authorized: Not derived from master"/,
      );
    }
    expect((await post(url, GENUINE, `[${' '.repeat(4 * MIB - 2)}]`)).status).toBe(201);
    // The node checked only the genuine rune.
    expect(node.paramsOf('checkrune')).toHaveLength(1);
    expect(node.ownCalls.filter(({ method }) => method === 'makesecret')).toHaveLength(1);
    expect(log).toHaveLength(16);
    expect(log[0]).toBe(
      'info: 127.0.0.1 POST /v1/getinfo: 401 rune_refused. Error code 1501: Not authorized: Not derived from master',
    );
    expect(log.join()).not.toContain('0707');
  });

  test.each([
    ['malformed', 'AAAA', '-32602'],
    ['foreign', FOREIGN, '1501'],
    ['tampered with', GENUINE.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')), '1501'],
    ['blacklisted', OURS.create('5').toBase64(), '1503'],
    [
      'derived from a blacklisted one',
      OURS.create('5', [Restriction.of('method=getinfo')]).toBase64(),
      '1503',
    ],
    ['foreign and blacklisted', THEIRS.create('5').toBase64(), '1503'],
  ])('is refused without 100 Continue if it is %s', async (_what, rune, code) => {
    const { port, node } = await knowing();
    node.blacklist = '[{"start":5,"end":6}]';
    const client = await RawClient.connect(port);
    client.write(head(rune, 100, 'Expect: 100-continue\r\nConnection: close\r\n'));
    const answer = await client.all();
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain(`{"code":${code},`);
    expect(answer).not.toContain('100 Continue');
    expect(node.paramsOf('checkrune')).toEqual([]);
  });

  test('gets 100 Continue if it is genuine', async () => {
    const { port } = await knowing();
    const client = await RawClient.connect(port);
    client.write(head(GENUINE, 2, 'Expect: 100-continue\r\nConnection: close\r\n'));
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.write('[]');
    expect(await client.all()).toContain('201 Created');
  });

  test('is refused while it is blacklisted', async () => {
    const { url, node } = await knowing();
    expect((await post(url, GENUINE)).status).toBe(201);
    node.blacklist = '[{"start":1,"end":1}]';
    await expect.poll(async () => (await post(url, GENUINE)).status, { timeout: 5_000 }).toBe(401);
    const before = node.paramsOf('checkrune').length;
    expect((await post(url, GENUINE)).json()).toMatchObject({ code: 1503 });
    expect(node.paramsOf('checkrune')).toHaveLength(before);
    node.blacklist = '[]';
    await expect.poll(async () => (await post(url, GENUINE)).status, { timeout: 5_000 }).toBe(201);
  });

  test('is verified for each request on a connection', async () => {
    const { port } = await knowing();
    const client = await RawClient.connect(port);
    const runes = [FOREIGN, GENUINE, 'AAAA', OTHER, FOREIGN];
    const requests = runes.map((rune, index) =>
      head(rune, 3, index === runes.length - 1 ? 'Connection: close\r\n' : ''),
    );
    client.write(requests.map((each) => `${each}[ ]`).join(''));
    const statuses = [...(await client.all()).matchAll(/HTTP\/1\.1 (\d+) /g)];
    expect(statuses.map(([, status]) => status)).toEqual(['401', '201', '401', '201', '401']);
  });

  test('is checked by the node if the node returns no secret', async () => {
    const { url, node } = await testGateway({
      node: await FakeNode.start({
        getinfo: (call) => call.result('{}'),
        checkrune: (call) => call.error(1501, 'Not authorized: Not derived from master'),
      }),
    });
    expect((await post(url, FOREIGN)).json()).toMatchObject({ code: 1501 });
    expect(node.paramsOf('checkrune')).toHaveLength(1);
    expect((await post(url, 'AAAA')).json()).toMatchObject({ code: -32602 });
    expect(node.paramsOf('checkrune')).toHaveLength(1);
    node.on('checkrune', (call) => call.result('{"valid":true}'));
    expect((await post(url, FOREIGN)).status).toBe(201);
  });

  test('a node that returns its secret slowly delays clients only briefly', async () => {
    const { url, node } = await knowing();
    node.on('makesecret', () => undefined);
    expect((await post(url, GENUINE)).status).toBe(201);
    // The next request does not wait for it: the call is still pending.
    expect((await post(url, GENUINE)).status).toBe(201);
    expect(node.ownCalls.filter(({ method }) => method === 'makesecret')).toHaveLength(1);
  });

  test('a client that disconnects while its rune is verified leaves no state', async () => {
    const { url, port, node } = await knowing({ limits: { bodyBytesAtOnce: 1_000 } });
    node.on('makesecret', () => undefined);
    const leaving = await unfinished(port, 4, { rune: GENUINE, length: 300 });
    await expect
      .poll(() => node.ownCalls.filter(({ method }) => method === 'makesecret').length)
      .toBe(1);
    for (const { socket } of leaving) socket.resetAndDestroy();
    await Promise.all(leaving.map(({ socket }) => closed(socket)));
    // The same event loop answers this after it has noticed the disconnections.
    await ask(`${url}/v1/getinfo`, { method: 'OPTIONS' });
    node.ownCalls.find(({ method }) => method === 'makesecret')?.result(SECRET);
    expect((await post(url, GENUINE, `[${' '.repeat(400)}]`)).status).toBe(201);
  });
});

describe('a request without a body', () => {
  test('needs no further round trip, and is refused by cached state', async () => {
    const { url, node } = await knowing();
    const without = (rune: string): Promise<Answer> =>
      ask(`${url}/v1/getinfo`, { method: 'POST', headers: { rune } });
    const own = (): number => node.ownCalls.filter(({ method }) => method !== 'batching').length;
    expect((await without(GENUINE)).status).toBe(201);
    expect(own()).toBe(0);
    await post(url, GENUINE);
    expect(own()).toBe(2);
    expect((await without(FOREIGN)).json()).toMatchObject({ code: 1501 });
    expect(own()).toBe(2);
    expect(node.paramsOf('checkrune')).toHaveLength(2);
  });

  test('with HEAD, OPTIONS or GET needs no rune, whatever it sends', async () => {
    const { url } = await knowing();
    await post(url, GENUINE);
    const headers = { rune: FOREIGN };
    const status = async (method: string, path: string): Promise<number> =>
      (await ask(`${url}${path}`, { method, headers })).status;
    expect(await status('OPTIONS', '/v1/getinfo')).toBe(204);
    expect(await status('HEAD', '/v1/list-methods')).toBe(200);
    expect(await status('GET', '/v1/list-methods')).toBe(200);
  });
});

describe('all bodies together', () => {
  const limits = { bodyBytes: 64 * 1024, bodyBytesAtOnce: 512 * 1024 };
  const length = limits.bodyBytes - 1;
  const whole = `[${' '.repeat(length - 2)}]`;

  test('one rune and those derived from it leave permits for other runes', async () => {
    const { url, port, log, logged } = await knowing({ limits });
    const derived = OURS.create('1', [Restriction.of('method=getinfo')]).toBase64();
    await unfinished(port, 8, { rune: GENUINE, length });
    await unfinished(port, 8, { rune: derived, length });
    await expect.poll(() => log.length, { timeout: 10_000 }).toBe(16 - 4);
    expect(await logged(0)).toBe(
      'unusual: 127.0.0.1 POST /v1/getinfo: 503 busy. Error code -32001: Too many requests at once: bodies of this rune',
    );
    expect((await post(url, OTHER, whole)).status).toBe(201);
    expect((await post(url, GENUINE, '[]')).status).toBe(201);
    expect((await post(url, GENUINE, whole)).status).toBe(503);
  });

  test('one address leaves permits for others if runes cannot be verified', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url, port, log, logged } = await testGateway({ node, limits });
    await unfinished(port, 16, { rune: RUNE, length });
    await expect.poll(() => log.length, { timeout: 10_000 }).toBe(16 - 4);
    expect(await logged(0)).toContain('bodies from this address');
    expect((await post(url, RUNE, whole)).status).toBe(503);
    expect((await post(url, RUNE, whole, { localAddress: '127.0.0.2' })).status).toBe(201);
    // The header of an untrusted client is ignored.
    const headers = { rune: RUNE, 'x-forwarded-for': '192.0.2.1' };
    expect((await post(url, RUNE, whole, { headers })).status).toBe(503);
  });

  test('each client behind a trusted proxy counts as an address', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const settings = { trustedProxies: ['loopback'] };
    const { url, port, log } = await testGateway({ node, limits, settings });
    const from = (address: string): object => ({
      headers: { rune: RUNE, 'x-forwarded-for': address },
    });
    const more = 'X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-For: 192.0.2.1\r\n';
    await unfinished(port, 16, { rune: RUNE, length, more });
    await expect.poll(() => log.length, { timeout: 10_000 }).toBe(16 - 4);
    expect((await post(url, RUNE, whole, from('192.0.2.1'))).status).toBe(503);
    expect((await post(url, RUNE, whole, from('192.0.2.9'))).status).toBe(201);
    expect((await post(url, RUNE, whole, from('192.0.2.1, 192.0.2.9'))).status).toBe(201);
  });
});

describe('connections', () => {
  /** A connection with a waiting command, or an idle one. */
  async function open(gateway: TestGateway, localAddress: string, busy: boolean): Promise<Socket> {
    const socket = connect({ port: gateway.port, host: '127.0.0.1', localAddress });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('close', reject));
    if (busy) {
      const before = gateway.node.paramsOf('wait').length;
      socket.write(`POST /v1/wait HTTP/1.1\r\nHost: x\r\nRune: ${GENUINE}\r\n\r\n`);
      await gateway.node.call('wait', before);
    }
    return socket;
  }

  const closing = { headers: { rune: GENUINE, connection: 'close' }, method: 'POST' };
  function from(gateway: TestGateway, localAddress: string): Promise<Answer> {
    return ask(`${gateway.url}/v1/getinfo`, { ...closing, localAddress });
  }

  test('of one address leave permits for others, and further ones are closed immediately', async () => {
    const gateway = await knowing({ limits: { connections: 8 } });
    const waiting: Socket[] = [];
    for (let count = 0; count < 4; count++) waiting.push(await open(gateway, '127.0.0.1', true));
    await expect(from(gateway, '127.0.0.1')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await gateway.logged(0)).toBe(
      'unusual: connection: 503 busy. Error code -32001: Too many requests at once: connections',
    );
    for (const address of ['127.0.0.2', '127.0.0.3']) {
      expect((await from(gateway, address)).status).toBe(201);
    }
    waiting[0]?.destroy();
    await expect
      .poll(() =>
        from(gateway, '127.0.0.1').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(201);
  });

  test('of one address that are idle are replaced by its new ones, the oldest first', async () => {
    const gateway = await knowing({ limits: { connections: 8 } });
    const busy = await open(gateway, '127.0.0.1', true);
    const idle: Socket[] = [];
    for (let count = 0; count < 3; count++) idle.push(await open(gateway, '127.0.0.1', false));
    const [first, second, third] = idle;
    // This one became idle first and has been used since.
    first?.write(`POST /v1/getinfo HTTP/1.1\r\nHost: x\r\nRune: ${GENUINE}\r\n\r\n`);
    await new Promise((resolve) => first?.once('data', resolve));
    const gone = second === undefined ? undefined : closed(second);
    expect((await from(gateway, '127.0.0.1')).status).toBe(201);
    await gone;
    expect([busy, first, third].map((socket) => socket?.closed)).toEqual([false, false, false]);
    expect(gateway.log).toEqual([]);
    // An address that holds its share gets no further permits.
    const others = ['127.0.0.2', '127.0.0.2', '127.0.0.3'];
    for (const address of others) await open(gateway, address, true);
    expect((await from(gateway, '127.0.0.1')).status).toBe(201);
    expect((await from(gateway, '127.0.0.4')).status).toBe(201);
  });

  test('of a thousand silent clients at one address leave permits for other addresses', async () => {
    const gateway = await knowing();
    const sockets = Array.from({ length: 1_000 }, () => {
      const socket = connect({ port: gateway.port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      return socket;
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
    );
    expect((await from(gateway, '127.0.0.2')).status).toBe(201);
    expect((await from(gateway, '127.0.0.1')).status).toBe(201);
  });

  test('of a trusted proxy are limited by the total alone', async () => {
    const settings = { trustedProxies: ['127.0.0.1'] };
    const gateway = await knowing({ limits: { connections: 4 }, settings });
    for (let count = 0; count < 4; count++) await open(gateway, '127.0.0.1', true);
    await expect(from(gateway, '127.0.0.1')).rejects.toThrow(/hang up|ECONNRESET/);
    await expect(from(gateway, '127.0.0.2')).rejects.toThrow(/hang up|ECONNRESET/);
  });

  test('over TLS are limited in the same way', async () => {
    const gateway = await knowing({ limits: { connections: 4 }, settings: { protocol: 'https' } });
    const insecure: Pick<RequestOptions, 'rejectUnauthorized'> = { rejectUnauthorized: false };
    const options = { ...closing, ...insecure };
    const secure = (): Promise<Answer> =>
      ask(`https://127.0.0.1:${gateway.port}/v1/getinfo`, options);
    const idle = [await open(gateway, '127.0.0.1', false), await open(gateway, '127.0.0.1', false)];
    const gone = idle.map((socket) => closed(socket));
    expect((await secure()).status).toBe(201);
    await gone[0];
    expect(idle[1]?.closed).toBe(false);
    expect(gateway.log).toEqual([
      expect.stringContaining('info: issuing certificates'),
      expect.stringContaining('info: the certificate'),
    ]);
  });
});
