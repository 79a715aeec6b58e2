import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closed, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call, RawClient } from '@clnrest/testing/http-client';
import { testGateway, type TestGateway } from '../testing/gateway.ts';

/**
 * Tests combinations of input on a connection: the kind of input, whether an earlier response is pending,
 * and how the input arrives. Each test checks the exact bytes on the wire, that the connection closes, that
 * no unwanted input is kept, and that another client is served meanwhile.
 */

const HOST = `Host: x\r\nRune: ${RUNE}\r\n`;
const PENDING = `POST /v1/wait HTTP/1.1\r\n${HOST}\r\n`;
const WEBSOCKET =
  `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n';
const SOCKET_IO = '/socket.io/?EIO=4&transport=websocket';

interface Kind {
  /** The complete input. */
  readonly whole: string;
  /** The ordinary request whose response must have the same bytes. Malformed input has none. */
  readonly plain: string | undefined;
  /** Incomplete input: the rest never arrives. */
  readonly slow: string;
  /** Input that does not end, and its repeated part. */
  readonly endless: string;
  readonly more: string;
  /** Input that is refused. */
  readonly refused: string;
  readonly refusedPlain: string | undefined;
}

const CLOSE = 'Connection: close\r\n';
const H2C = 'Connection: Upgrade\r\nUpgrade: h2c\r\n';
const BODY = 'Content-Length: 7\r\n\r\n{"a":1}';
const MIB = 1024 * 1024;
const CHUNK = `10000\r\n${' '.repeat(0x10000)}\r\n`;
const post = (headers: string, path = '/v1/getinfo'): string =>
  `POST ${path} HTTP/1.1\r\n${HOST}${headers}`;

const KINDS: Readonly<Record<string, Kind>> = {
  request: {
    whole: post(BODY),
    plain: post(BODY),
    slow: post('Content-Length: 7\r\n\r\n{"a'),
    endless: post('Transfer-Encoding: chunked\r\n\r\n'),
    more: CHUNK,
    refused: post(BODY, '/nothing'),
    refusedPlain: post(BODY, '/nothing'),
  },
  'upgrade h2c': {
    whole: post(H2C + BODY),
    plain: post(CLOSE + BODY),
    slow: post(`${H2C}Content-Length: 7\r\n\r\n{"a`),
    endless: post(`${H2C}Transfer-Encoding: chunked\r\n\r\n`),
    more: CHUNK,
    refused: post(H2C + BODY, '/nothing'),
    refusedPlain: post(CLOSE + BODY, '/nothing'),
  },
  websocket: {
    whole: `GET ${SOCKET_IO} HTTP/1.1\r\n${HOST}${WEBSOCKET}\r\n`,
    plain: `GET ${SOCKET_IO} HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    slow: `GET ${SOCKET_IO} HTTP/1.1\r\n${HOST}${WEBSOCKET}`,
    endless: `GET ${SOCKET_IO} HTTP/1.1\r\n${HOST}${WEBSOCKET}\r\n`,
    // A frame without a mask, which a client must not send (RFC 6455, section 5.1).
    more: `\x82\x7f${'\0'.repeat(5)}\x01\0\0${' '.repeat(0x10000)}`,
    refused: `GET /v1/notifications HTTP/1.1\r\nHost: x\r\n${WEBSOCKET}\r\n`,
    refusedPlain: `GET /v1/notifications HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`,
  },
  CONNECT: {
    whole: `CONNECT a.example:1 HTTP/1.1\r\n${HOST}\r\n`,
    plain: `CONNECT a.example:1 HTTP/1.1\r\n${HOST}${CLOSE}\r\n`,
    slow: `CONNECT a.example:1 HTTP/1.1\r\n${HOST}`,
    endless: `CONNECT a.example:1 HTTP/1.1\r\n${HOST}\r\n`,
    more: '\x16\x03\x01'.repeat(20_000),
    refused: `CONNECT a.example:1 HTTP/1.1\r\n\r\n`,
    refusedPlain: `CONNECT a.example:1 HTTP/1.1\r\n${CLOSE}\r\n`,
  },
  malformed: {
    whole: 'nonsense\r\n\r\n',
    plain: undefined,
    slow: 'GE',
    endless: 'nonsense',
    more: 'nonsense'.repeat(8_192),
    refused: 'GET / HTTP/9.9\r\n\r\n',
    refusedPlain: undefined,
  },
};

const LIMITS = { headersMs: 300, requestMs: 600, bodyBytes: MIB };

interface Setting extends TestGateway {
  /** Resolves when another client has its responses, on one connection. */
  wellServed(): Promise<void>;
}

async function setting(): Promise<Setting> {
  const node = await FakeNode.start({
    getinfo: ({ result }) => result('{"id":"02aa"}'),
    wait: () => undefined,
  });
  const gateway = await testGateway({ node, limits: LIMITS });
  const good = await connect(gateway);
  let served = 0;
  const wellServed = async (): Promise<void> => {
    good.write(post('\r\n'));
    served++;
    await good.until(new RegExp(`^(?:HTTP/1\\.1 201 [^]*?\\{"id":"02aa"\\}){${served}}$`));
  };
  await wellServed();
  return { ...gateway, wellServed };
}

async function connect({ port }: TestGateway): Promise<RawClient> {
  const client = await RawClient.connect(port);
  client.socket.setNoDelay(true);
  onTestFinished(() => {
    client.socket.destroy();
  });
  return client;
}

/** Replaces the parts that differ each time. */
function comparable(text: string): string {
  return text
    .replaceAll(/\r\n(?:Date|X-Request-Id): [^\r]*/g, '')
    .replaceAll(/"sid":"[^"]*"/g, '"sid":""')
    .replaceAll(/\r\nConnection: keep-alive\r\nKeep-Alive: [^\r]*/g, '');
}

/** The response to an ordinary request that is alone on its connection. */
async function expected(gateway: TestGateway, text: string | undefined): Promise<string> {
  const client = await connect(gateway);
  if (text === undefined) {
    client.write('nonsense\r\n\r\n');
  } else {
    client.write(text);
    await client.until(/\r\n\r\n/);
    client.socket.end();
  }
  return comparable(await client.all());
}

/** Writes the input. If it is pipelined, an earlier request is answered only when the input has arrived. */
async function send(
  gateway: TestGateway,
  client: RawClient,
  isPipelined: boolean,
  write: () => void | Promise<void>,
): Promise<() => Promise<string>> {
  if (!isPipelined) {
    await write();
    return () => client.all();
  }
  client.write(PENDING);
  const pending = await gateway.node.call('wait');
  await write();
  await gateway.node.call('wait');
  return async () => {
    pending.result('"first"');
    return client.all();
  };
}

const FIRST = /^HTTP\/1\.1 201 Created\r\n[^]*?\r\n\r\n"first"/;

/** Expects the complete response to the pending request first. Returns the bytes after it. */
function afterFirst(text: string, isPipelined: boolean): string {
  if (!isPipelined) return comparable(text);
  expect(text).toMatch(FIRST);
  return comparable(text.replace(FIRST, ''));
}

const CASES = Object.entries(KINDS).flatMap(([name, kind]) =>
  (['first', 'pipelined after a pending response'] as const).map(
    (place) => [name, place, kind, place !== 'first'] as const,
  ),
);

describe.each(CASES)('%s, %s', { timeout: 10_000 }, (name, _place, kind, isPipelined) => {
  const isWebSocket = name === 'websocket' && !isPipelined;

  test.each([
    ['whole', (client: RawClient, text: string) => client.write(text)],
    [
      'split at every byte',
      async (client: RawClient, text: string) => {
        for (const byte of text) {
          client.write(byte);
          await nextTurn();
        }
      },
    ],
  ])('%s: has the response of an ordinary request', async (_how, write) => {
    const gateway = await setting();
    const client = await connect(gateway);
    const text = await send(gateway, client, isPipelined, () => write(client, kind.whole));
    if (isWebSocket) {
      await client.until(/^HTTP\/1\.1 101 [^]*\r\n\r\n\x81[^]0\{"sid"/);
      client.socket.destroy();
      return;
    }
    const answers = text();
    if (name === 'request') {
      await client.until(/02aa/);
      client.socket.end();
    }
    expect(afterFirst(await answers, isPipelined)).toBe(await expected(gateway, kind.plain));
    await gateway.wellServed();
  });

  test('slow: is refused at the deadline, in order', async () => {
    const gateway = await setting();
    const client = await connect(gateway);
    const answers = await send(gateway, client, isPipelined, () => client.write(kind.slow));
    await gateway.wellServed();
    if (isPipelined) {
      // The same from another client later: when its deadline passes, the first one's has passed.
      const later = await connect(gateway);
      later.write(kind.slow);
      expect(await later.all()).toMatch(/^HTTP\/1\.1 408 /);
    }
    const rest = afterFirst(await answers(), isPipelined);
    expect(rest).toMatch(/^HTTP\/1\.1 408 [^]*\r\nConnection: close\r\n/);
    expect(rest.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    await gateway.wellServed();
  });

  test('endless: the connection closes, and nothing is kept', async () => {
    const gateway = await setting();
    const client = await connect(gateway);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let isPending = isPipelined;
    const answers = await send(gateway, client, isPipelined, () => client.write(kind.endless));
    const flood = async (): Promise<void> => {
      for (let sent = 0; sent < 64 * MIB && client.socket.writable; sent += kind.more.length) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        if (!client.socket.write(kind.more, 'latin1')) {
          // While an earlier response is pending, the server can stop reading.
          if (isPending) return;
          await Promise.race([
            once(client.socket, 'drain').catch(() => undefined),
            once(client.socket, 'close'),
          ]);
        }
      }
    };
    await flood();
    isPending = false;
    const all = answers();
    await flood();
    const rest = afterFirst(await all, isPipelined);
    if (isWebSocket) expect(rest).toMatch(/^HTTP\/1\.1 101 /);
    else expect(rest.match(/HTTP\/1\.1 \d+/g) ?? []).toHaveLength(1);
    expect(most).toBeLessThan(24 * MIB);
    await gateway.wellServed();
  });

  test('half-open: the connection closes after the complete responses', async () => {
    const gateway = await setting();
    const client = await connect(gateway);
    const answers = await send(gateway, client, isPipelined, async () => {
      client.write(kind.whole);
      await nextTurn();
      client.socket.end();
    });
    // A client that closes its half has disconnected: its command ends. It must not get a wrong response.
    const text = await answers();
    expect(text).toMatch(/^(?:$|HTTP\/1\.1 \d{3} )/);
    await gateway.wellServed();
  });

  test('refused: one refusal, in order', async () => {
    const gateway = await setting();
    const client = await connect(gateway);
    const answers = await send(gateway, client, isPipelined, () => client.write(kind.refused));
    const all = answers();
    if (name === 'request') {
      await client.until(/404/);
      client.socket.end();
    }
    const rest = afterFirst(await all, isPipelined);
    expect(rest.match(/HTTP\/1\.1 4\d\d/g)).toHaveLength(1);
    if (kind.refusedPlain !== undefined) {
      expect(rest).toBe(await expected(gateway, kind.refusedPlain));
    }
    await gateway.wellServed();
  });
});

describe('after the last response', () => {
  test.each([
    ['a declined upgrade', post(`${H2C}\r\n`)],
    ['CONNECT', KINDS['CONNECT']?.whole ?? ''],
    ['malformed input', 'nonsense\r\n\r\n'],
    ['a request that asks to close', post(`${CLOSE}\r\n`)],
  ])('%s: the connection closes though the client keeps its half open', async (_what, text) => {
    const gateway = await setting();
    const client = await connect(gateway);
    client.socket.allowHalfOpen = true;
    client.write(text);
    await client.until(/\r\n\r\n/);
    // The client sends without end: only the server can end this.
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    const drip = setInterval(() => client.socket.writable && client.write('x'), 20);
    await closed;
    clearInterval(drip);
    await gateway.wellServed();
  });

  test.each([
    ['breaks its protocol', post('\r\n')],
    // A masked close frame with the code 1000.
    ['is closed by the client', '\x88\x82\0\0\0\0\x03\xe8'],
  ])('a websocket that %s closes though the client keeps its half open', async (_what, frames) => {
    const gateway = await setting();
    const client = await connect(gateway);
    client.socket.allowHalfOpen = true;
    client.write((KINDS['websocket']?.whole ?? '') + frames);
    await new Promise((resolve) => client.socket.once('end', resolve));
    const gone = new Promise((resolve) => client.socket.once('error', resolve));
    const drip = setInterval(() => client.write('x'), 20);
    // After the server has destroyed the connection, it answers further input with a reset.
    await gone;
    clearInterval(drip);
    await gateway.wellServed();
  });

  test('a client that reads slowly gets a large response completely', async () => {
    const gateway = await setting();
    const result = `"${'x'.repeat(20 * MIB)}"`;
    gateway.node.on('listinvoices', (request) => request.result(result));
    const client = await connect(gateway);
    client.socket.pause();
    client.write(post(`${CLOSE}\r\n`, '/v1/listinvoices'));
    await gateway.node.call('listinvoices');
    const slowly = setInterval(() => {
      client.socket.resume();
      setTimeout(() => client.socket.pause(), 1);
    }, 100);
    const text = await client.all();
    clearInterval(slowly);
    expect(text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll(/\r\n[0-9a-f]*\r\n/g, '')).toContain(
      'x'.repeat(MIB),
    );
    expect(text).toMatch(/"\r\n0\r\n\r\n$/);
  });

  test('a client that still sends its body gets the refusal', async () => {
    const gateway = await setting();
    const client = await connect(gateway);
    client.write(post('Content-Length: 3000000\r\n\r\n'));
    const body = ' '.repeat(3_000_000);
    client.write(body);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/);
    await gateway.wellServed();
  });

  test.each([
    ['HTTP/1.0', `POST /v1/getinfo HTTP/1.0\r\n${HOST}\r\n`],
    ['a request that asks to close', post(`${CLOSE}\r\n`)],
  ])('%s, pipelined: what follows it is discarded, responses are whole', async (_what, text) => {
    const gateway = await setting();
    const client = await connect(gateway);
    client.write(PENDING + text);
    client.write(post('\r\n').repeat(3));
    const pending = await gateway.node.call('wait');
    await gateway.wellServed();
    pending.result('"first"');
    const rest = afterFirst(await client.all(), true);
    expect(rest.match(/HTTP\/1\.1 201/g)).toHaveLength(1);
    expect(rest).toMatch(/\{"id":"02aa"\}$/);
  });

  const PAGE = 'GET /v1/list-methods HTTP/1.1\r\nHost: x\r\n';
  test.each([
    ['expected 100 Continue and has no body', `${PAGE}Expect: 100-continue\r\n\r\n`],
    ['expected 100 Continue and ran a command', post('Expect: 100-continue\r\n\r\n')],
    ['can be read in two ways', post('Host: y\r\n\r\n')],
    [
      'is an OPTIONS request that expects 100',
      'OPTIONS * HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n',
    ],
  ])('of a request that %s, nothing runs and nothing is sent', async (_what, text) => {
    const gateway = await setting();
    gateway.node.on('help', ({ result }) => result('{"help":[]}'));
    for (const after of [
      post('\r\n', '/v1/pay'),
      'nonsense\r\n\r\n',
      `${post('\r\n', '/v1/pay')}nonsense\r\n`,
    ]) {
      const client = await connect(gateway);
      client.write(text + after);
      const received = await client.all();
      expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(received).toContain('Connection: close\r\n');
    }
    expect(gateway.node.paramsOf('pay')).toEqual([]);
  });

  test('requests after a declined upgrade do not run', async () => {
    const gateway = await setting();
    const client = await connect(gateway);
    client.write(post(`${H2C}\r\n`) + post('\r\n'));
    client.write(post('\r\n'));
    const text = await client.all();
    expect(text.match(/HTTP\/1\.1 201/g)).toHaveLength(1);
    expect(gateway.node.paramsOf('getinfo')).toHaveLength(2);
  });
});

describe('a client that disconnects while a command waits', () => {
  const BODY_TO_COME = post(`Content-Length: ${MIB}\r\n\r\n`);
  test.each([
    ['nothing', '', ''],
    ['malformed input', 'nonsense\r\n\r\n', ' '.repeat(MIB)],
    ['a declined upgrade and another request', post(`${H2C}\r\n`) + BODY_TO_COME, ' '.repeat(MIB)],
    ['too many requests', post('\r\n').repeat(30) + BODY_TO_COME, ' '.repeat(MIB)],
    ['a request that is late', BODY_TO_COME, ' '.repeat(MIB - 1)],
  ])('after it sent %s ends the command', async (_what, text, more) => {
    const gateway = await setting();
    const client = await connect(gateway);
    client.write(PENDING);
    const { socket } = await gateway.node.call('wait');
    client.write(text + more);
    client.socket.end();
    await closed(socket);
    await gateway.wellServed();
  });
});

describe('a client that disconnects', () => {
  test.each([
    ['before the body of a declined upgrade is complete', post(`${H2C}Content-Length: 5\r\n\r\n`)],
    ['before a body is complete', post('Content-Length: 5\r\n\r\n')],
    ['in the middle of the headers', post('')],
  ])('%s frees its place', async (_when, text) => {
    const node = await FakeNode.start({ getinfo: ({ result }) => result('{"id":"02aa"}') });
    const gateway = await testGateway({ node, limits: { connections: 20 } });
    for (let round = 0; round < 5; round++) {
      const clients = await Promise.all(Array.from({ length: 8 }, () => connect(gateway)));
      for (const client of clients) {
        client.write(text);
        client.socket.end();
      }
      await Promise.all(clients.map((client) => client.all()));
    }
    await expect
      .poll(() =>
        call(gateway.url, 'getinfo').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(201);
  });

  test('a client that offers an upgrade and stalls has the deadline of an ordinary request', async () => {
    const gateway = await setting();
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect(gateway)));
    for (const client of clients) client.write(post(`${H2C}Content-Length: 5\r\n\r\n`));
    for (const client of clients) expect(await client.all()).toMatch(/^HTTP\/1\.1 408 /);
    await gateway.wellServed();
  });
});
