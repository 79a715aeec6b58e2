import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPTIONS } from '../options/declarations.ts';
import { readOrigins } from '../options/origins.ts';
import { closed, FakeNode } from '../testing/fake-node.ts';
import { testGateway, type TestGateway, type TestOptions } from '../testing/gateway.ts';
import { ask, call, RawClient } from '../testing/http-client.ts';
import { needProgram, run } from '../testing/programs.ts';
import { RUNE } from '../testing/rune.ts';

async function answering(options: TestOptions = {}): Promise<TestGateway> {
  const node = await FakeNode.start({
    getinfo: (call) => call.result('{"id":"02aa"}'),
    help: (call) => call.result('{"help":[{"command":"getinfo "}]}'),
  });
  return testGateway({ node, ...options });
}

/** Sends raw bytes and gives the answer's status and body, when the server has closed. */
async function raw(port: number, text: string): Promise<string> {
  const client = await RawClient.connect(port);
  client.write(text);
  return client.all();
}

/** Every answer, whatever it is, has these. */
function expectBaseHeaders(text: string): void {
  expect(text).toContain(`Content-Security-Policy: ${OPTIONS.csp.default}\r\n`);
  expect(text).toContain('X-Content-Type-Options: nosniff\r\n');
  expect(text).toMatch(/\r\n\{"code":-?\d+,"message":.*"error":\{.*\}\}$/);
}

const POST =
  'POST /v1/getinfo HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n';
const CLOSE = 'Connection: close\r\n';

describe('what is no request', () => {
  test.each([
    ['nonsense\r\n\r\n', 400],
    ['GET / HTTP/3.0\r\n\r\n', 400],
    ['GET v1/getinfo HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n', 400],
    ['\x16\x03\x01\x02\x00\x01\x00\x01', 400],
    [`${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 400],
    [`${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    [`${POST}Content-Length: -1\r\n\r\n`, 400],
    [`${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    [`${POST}X: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    [`GET /${'y'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
    ['CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ])('%j gets the envelope and %i, and one line in the log', async (text, status) => {
    const { port, log, url } = await answering();
    const answer = await raw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expectBaseHeaders(answer);
    expect(log).toHaveLength(1);
    expect((await call(url, 'getinfo')).status).toBe(201);
  });

  test.each([
    [`GET /v1/list-methods HTTP/1.1\r\n${CLOSE}\r\n`, 400, 'the host header is missing'],
    [`GET /${'y'.repeat(4_096)} HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 414, 'URL is too long'],
    [`${POST}${'X-Y: z\r\n'.repeat(100)}${CLOSE}\r\n`, 431, 'too many'],
    [`${POST}Expect: 200-ok\r\n${CLOSE}\r\n`, 417, 'expect'],
    [`TRACE /v1/getinfo HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 405, 'POST'],
    [`GET ftp://x/v1/getinfo HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 404, 'Path not found'],
  ])('%j is %i', async (text, status, words) => {
    const { port, log } = await answering();
    const answer = await raw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(words);
    expectBaseHeaders(answer);
    expect(log).toHaveLength(1);
  });
});

describe('what is a request, if an odd one', () => {
  test.each([
    [
      'HTTP/1.0',
      `POST /v1/getinfo HTTP/1.0\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n\r\n`,
      201,
    ],
    [
      'an absolute URL',
      `POST http://elsewhere:1/v1/getinfo HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n${CLOSE}\r\n`,
      201,
    ],
    [
      'an upgrade that nobody offers',
      `${POST}Connection: upgrade, close\r\nUpgrade: h2c\r\n\r\n`,
      201,
    ],
    [
      'an upgrade that nobody offers, with a body',
      `${POST}Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 7\r\n\r\n{"a":1}`,
      201,
    ],
    [
      'an upgrade that nobody offers, with a body without a length',
      `${POST}Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['line ends before it', `\r\n\r\n${POST}${CLOSE}\r\n`, 201],
    ['OPTIONS *', `OPTIONS * HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 204],
    ['OPTIONS of a command', `OPTIONS /v1/getinfo HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 204],
    ['OPTIONS of nothing', `OPTIONS /nothing HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 404],
    ['HEAD', `HEAD /v1/list-methods HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 200],
    ['HEAD of nothing', `HEAD /nothing HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`, 404],
  ])('%s', async (_what, text, status) => {
    const { port } = await answering();
    const answer = await raw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (text.startsWith('HEAD')) expect(answer).toMatch(/\r\n\r\n$/);
    if (text.startsWith('OPTIONS /v1')) expect(answer).toContain('Allow: POST, OPTIONS\r\n');
  });

  test('requests sent ahead are answered in order, and run one after the other', async () => {
    const node = await FakeNode.start({ slow: () => undefined, quick: (call) => call.result('2') });
    const { port } = await testGateway({ node });
    const client = await RawClient.connect(port);
    const request = (method: string) =>
      `POST /v1/${method} HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n\r\n`;
    client.write(request('slow') + request('quick') + request('quick'));
    const slow = await node.call('slow');
    expect(node.paramsOf('quick')).toEqual([]);
    slow.result('1');
    const text = await client.until(/(?:\r\n\r\n\d.*){3}$/s);
    expect(text.match(/\r\n\r\n\d/g)).toEqual(['\r\n\r\n1', '\r\n\r\n2', '\r\n\r\n2']);
    client.socket.destroy();
  });

  describe('more requests sent ahead than allowed', () => {
    const SLOW =
      'POST /v1/slow HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n\r\n';

    test('are told in their turn, and those before them are answered', async () => {
      const node = await FakeNode.start({ slow: (call) => call.result('1') });
      const { port, log } = await testGateway({ node });
      const client = await RawClient.connect(port);
      client.write(SLOW.repeat(40));
      const answers = (await client.all()).split(/(?=HTTP\/1\.1 )/);
      expect(answers.map((answer) => answer.slice(9, 12))).toEqual([
        ...Array.from({ length: 17 }, () => '201'),
        '503',
      ]);
      expect(answers.at(-1)).toMatch(/\r\nConnection: close\r\n/i);
      expect(node.paramsOf('slow')).toHaveLength(17);
      expect(log).toHaveLength(1);
    });

    test('are not collected without end', async () => {
      const node = await FakeNode.start({ slow: () => undefined });
      const { port } = await testGateway({ node });
      const client = await RawClient.connect(port);
      client.write(SLOW.repeat(1_000));
      expect(await client.all()).toBe('');
    });
  });

  test('the body is asked for only when it is wanted', async () => {
    const { port } = await answering();
    const expecting = (length: number) => `Expect: 100-continue\r\nContent-Length: ${length}\r\n`;
    const client = await RawClient.connect(port);
    client.write(`${POST}${expecting(2)}${CLOSE}\r\n`);
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.write('{}');
    expect(await client.all()).toContain('201 Created');
    expect(await raw(port, `${POST}${expecting(99_999_999)}${CLOSE}\r\n`)).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    const runeless = `POST /v1/getinfo HTTP/1.1\r\nHost: x\r\n${expecting(2)}${CLOSE}\r\n`;
    expect(await raw(port, runeless)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('a connection is kept between requests, refused ones too', async () => {
    const { port } = await answering();
    const client = await RawClient.connect(port);
    client.write(`${POST}\r\n`);
    await client.until(/02aa/);
    client.write('POST /v1/getinfo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello');
    await client.until(/1501/);
    client.write(`${POST}${CLOSE}\r\n`);
    const text = await client.all();
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 403', 'HTTP/1.1 201']);
  });
});

describe('limits', () => {
  test('a body too large is 413, told at once by its length, or while it comes', async () => {
    const { url, port, node, log } = await answering({ limits: { bodyBytes: 1_000 } });
    expect((await call(url, 'getinfo', `["${'x'.repeat(996)}"]`)).status).toBe(201);
    expect((await call(url, 'getinfo', `["${'x'.repeat(997)}"]`)).status).toBe(413);
    const chunked = `${POST}${CLOSE}Transfer-Encoding: chunked\r\n\r\n`;
    const client = await RawClient.connect(port);
    client.write(`${chunked}3e9\r\n${'x'.repeat(1_001)}\r\n`);
    await client.until(/^HTTP\/1\.1 413 /);
    client.socket.destroy();
    expect(node.paramsOf('checkrune')).toHaveLength(1);
    expect(log).toHaveLength(2);
  });

  test('all bodies together are bounded, and room is given back', async () => {
    const { url, port } = await answering({ limits: { bodyBytes: 600, bodyBytesAtOnce: 1_000 } });
    const first = await RawClient.connect(port);
    first.write(`${POST}${CLOSE}Content-Length: 600\r\n\r\n[${' '.repeat(598)}`);
    // The first is read as soon as this one, which came later, is answered.
    expect((await call(url, 'getinfo')).status).toBe(201);
    expect((await call(url, 'getinfo', `[${' '.repeat(598)}]`)).status).toBe(503);
    first.write(']');
    expect(await first.all()).toContain('201 Created');
    expect((await call(url, 'getinfo', `[${' '.repeat(598)}]`)).status).toBe(201);
    const leaver = await RawClient.connect(port);
    leaver.write(`${POST}Content-Length: 600\r\n\r\n[${' '.repeat(598)}`);
    expect((await call(url, 'getinfo')).status).toBe(201);
    leaver.socket.destroy();
    await closed(leaver.socket);
    await expect
      .poll(async () => (await call(url, 'getinfo', `[${' '.repeat(598)}]`)).status)
      .toBe(201);
  });

  test.each([
    ['nothing', ''],
    ['half a line', 'POST /v1/geti'],
    ['half the headers', POST],
    ['half a body', `${POST}Content-Length: 10\r\n\r\n[`],
    ['half a chunk', `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\n[`],
  ])('who sends %s and then no more gets 408', async (_what, text) => {
    const { port, log } = await answering({ limits: { headersMs: 100, requestMs: 200 } });
    const answer = await raw(port, text);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expectBaseHeaders(answer);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('408 slow_sender');
  });

  test('who sends a byte at a time gets 408 as well', async () => {
    const { port } = await answering({ limits: { headersMs: 100, requestMs: 200 } });
    const client = await RawClient.connect(port);
    client.write(`${POST}Content-Length: 1000000\r\n\r\n`);
    const drip = setInterval(() => client.socket.writable && client.write(' '), 10);
    const answer = await client.all();
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a waiting command is not hurried', async () => {
    const node = await FakeNode.start({ wait: () => undefined });
    const limits = {
      headersMs: 50,
      requestMs: 100,
      keepAliveMs: 50,
      nodeMs: 50,
      stalledReaderMs: 50,
    };
    const { url } = await testGateway({ node, limits });
    const answer = call(url, 'wait', '{}');
    const waiting = await node.call('wait');
    await new Promise((resolve) => {
      setTimeout(resolve, 600);
    });
    waiting.result('{"done":true}');
    expect((await answer).body).toBe('{"done":true}');
  });

  test('who does not read a large answer is let go of', async () => {
    const node = await FakeNode.start({
      listinvoices: (call) => call.result(`"${'x'.repeat(50_000_000)}"`),
    });
    const { port } = await testGateway({ node, limits: { stalledReaderMs: 100 } });
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(
      'POST /v1/listinvoices HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n\r\n',
    );
    const { socket: serving } = await node.call('listinvoices');
    await closed(serving);
    socket.destroy();
  });

  test('who does not read a page is let go of', async () => {
    const { port, url } = await answering({ limits: { stalledReaderMs: 100, connections: 1 } });
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write('GET /swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8));
    // There is room for another once it has been let go of.
    await expect
      .poll(
        () =>
          call(url, 'getinfo').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(201);
    socket.destroy();
  });

  test('a connection rests between requests for as long as it may', async () => {
    const { port } = await answering({ limits: { keepAliveMs: 100, stalledReaderMs: 50 } });
    const client = await RawClient.connect(port);
    client.write(`${POST}\r\n`);
    const text = await client.all();
    expect(text).toContain('201 Created');
    expect(text).not.toContain('408');
  });

  test('a body in a great many tiny chunks is refused', async () => {
    const { port, log } = await answering();
    const client = await RawClient.connect(port);
    client.write(`${POST}Transfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(5_000)}`);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 400 [^]*too many small pieces/);
    expect(log).toHaveLength(1);
    const fine = await RawClient.connect(port);
    const chunks = '2\r\n  \r\n'.repeat(400);
    fine.write(`${POST}${CLOSE}Transfer-Encoding: chunked\r\n\r\n${chunks}2\r\n[]\r\n0\r\n\r\n`);
    expect(await fine.all()).toContain('201 Created');
  });

  test('more connections than allowed are closed as they come', async () => {
    const { port, url, logged } = await answering({ limits: { connections: 2 } });
    const first = await RawClient.connect(port);
    const second = await RawClient.connect(port);
    // Counted when they are accepted, which this answer shows.
    second.write(`${POST}\r\n`);
    await second.until(/02aa/);
    await expect(call(url, 'getinfo')).rejects.toThrow(/hang up|ECONNRESET/);
    expect(await logged(0)).toBe(
      'unusual: connection: 503 busy. Error code -32001: Too many requests at once: connections',
    );
    first.socket.destroy();
    second.socket.destroy();
    await expect
      .poll(() =>
        call(url, 'getinfo').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(201);
  });

  test('a client that leaves at any byte does no harm', async () => {
    const { port, url } = await answering();
    const text = `${POST}Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}`;
    for (let length = 0; length <= text.length; length += 3) {
      const client = await RawClient.connect(port);
      client.write(text.slice(0, length));
      if (length % 2 === 0) client.socket.resetAndDestroy();
      else client.socket.destroy();
    }
    expect((await call(url, 'getinfo')).status).toBe(201);
  });
});

describe('hostile bytes', () => {
  test('whatever comes, the server answers in HTTP or not at all, and goes on', async () => {
    const limits = { headersMs: 100, requestMs: 150 };
    const { port, url, log } = await answering({ limits });
    const seeds = [
      `${POST}Content-Length: 7\r\n\r\n{"a":1}`,
      `${POST}Transfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n`,
      `GET /v1/list-methods HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n${POST}\r\n`,
    ];
    const mutation = fc.record({
      seed: fc.constantFrom(...seeds),
      at: fc.nat(),
      cut: fc.nat({ max: 5 }),
      insert: fc.string({ unit: 'binary-ascii', maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 10, maxLength: 10 }), async (mutations) => {
        const answers = await Promise.all(
          mutations.map(async ({ seed, at, cut, insert }) => {
            const place = at % seed.length;
            const client = await RawClient.connect(port);
            client.write(seed.slice(0, place) + insert + seed.slice(place + cut));
            const answer = await client.until(/./s).catch(() => '');
            client.socket.destroy();
            return answer;
          }),
        );
        for (const answer of answers) expect(answer).toMatch(/^(?:HTTP\/1\.1 [1-5]\d\d [^]*)?$/);
      }),
      { numRuns: 30 },
    );
    expect((await call(url, 'getinfo')).status).toBe(201);
    expect(log.filter((line) => line.startsWith('broken'))).toEqual([]);
  });
});

describe('headers', () => {
  test('the policy is as configured on every answer, and so is nosniff', async () => {
    const policy = "default-src 'self'; font-src 'self'; img-src 'self'";
    const { url } = await answering({ settings: { contentSecurityPolicy: policy } });
    const answers = await Promise.all([
      call(url, 'getinfo'),
      call(url, 'nosuch'),
      ask(`${url}/v1/getinfo`, { method: 'POST' }),
      ask(`${url}/v1/list-methods`),
      ask(`${url}/nothing`),
      ask(`${url}/`),
      ask(`${url}/swagger-ui.css`),
      ask(`${url}/openapi.json`),
      ask(`${url}/v1/getinfo`, { method: 'OPTIONS' }),
      ask(`${url}/v1/getinfo`, {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
      }),
    ]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toBe(policy);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('all origins, with preflight', async () => {
    const { url } = await answering();
    for (const headers of [{}, { origin: 'https://a.example' }]) {
      const answer = await ask(`${url}/v1/list-methods`, { headers });
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    const preflight = await ask(`${url}/v1/getinfo`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://a.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'rune, content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'rune, content-type',
      'access-control-allow-methods': expect.stringContaining('POST'),
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('listed origins, and none of the headers for others', async () => {
    const origins = readOrigins(['https://localhost:5500', 'https?://127.0.0.1:[0-9]+']);
    const { url } = await answering({ settings: { origins } });
    const from = (origin: string | undefined, method = 'POST') =>
      ask(`${url}/v1/getinfo`, {
        method,
        headers: { rune: RUNE, ...(origin !== undefined && { origin }) },
      });
    for (const origin of ['https://localhost:5500', 'http://127.0.0.1:80']) {
      for (const method of ['POST', 'OPTIONS']) {
        const { headers, status } = await from(origin, method);
        expect(status).toBe(method === 'POST' ? 201 : 204);
        expect(headers['access-control-allow-origin']).toBe(origin);
        expect(headers.vary).toContain('Origin');
      }
    }
    for (const origin of [
      'https://localhost:55000',
      'https://127.0.0.1:80.evil.example',
      undefined,
    ]) {
      for (const method of ['POST', 'OPTIONS']) {
        const { headers } = await from(origin, method);
        expect(headers.vary).toContain('Origin');
        const names = Object.keys(headers).filter((name) => name.startsWith('access-control'));
        expect(names).toEqual([]);
      }
    }
  });

  test('errors, too, may be read by pages of allowed origins', async () => {
    const origins = readOrigins(['https://a.example']);
    const { url } = await answering({ settings: { origins } });
    const answer = await ask(`${url}/nothing`, { headers: { origin: 'https://a.example' } });
    expect(answer.headers['access-control-allow-origin']).toBe('https://a.example');
  });
});

describe('https', () => {
  const secure = (options: TestOptions = {}) =>
    answering({ ...options, settings: { protocol: 'https', ...options.settings } });

  function authority({ certificates }: TestGateway): string {
    return readFileSync(join(certificates, 'ca.pem'), 'utf8');
  }

  test('serves with certificates that verify', async () => {
    const gateway = await secure();
    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const answer = await ask(`${gateway.url}/v1/getinfo`, {
      method: 'POST',
      headers: { rune: RUNE },
      ca: authority(gateway),
    });
    expect([answer.status, answer.body]).toEqual([201, '{"id":"02aa"}']);
    await expect(ask(`${gateway.url}/`)).rejects.toThrow('certificate');
  });

  test('satisfies curl --cacert', async (context) => {
    needProgram(context, 'curl');
    const { url, certificates } = await secure();
    const curl = ['--silent', '--show-error', '--cacert', join(certificates, 'ca.pem')];
    expect(await run('curl', ...curl, `${url}/v1/list-methods`)).toBe('getinfo\n');
    const post = [
      '--request',
      'POST',
      '--header',
      'Rune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==',
      `${url}/v1/getinfo`,
    ];
    expect(await run('curl', ...curl, ...post)).toBe('{"id":"02aa"}');
  });

  test('says clearly that plain HTTP is not spoken here', async () => {
    const { port, log } = await secure();
    const answer = await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('This port speaks HTTPS: use a URL that begins with https://');
    expectBaseHeaders(answer);
    expect(log.slice(1)).toEqual([expect.stringContaining('400 plain_http')]);
  });

  test('outlives handshakes that are broken, half done, or never begun', async () => {
    const gateway = await secure({ limits: { handshakeMs: 100 } });
    const { port, url } = gateway;
    const silent = await RawClient.connect(port);
    const broken = await RawClient.connect(port);
    broken.write('\x16\x03\x01\x00\x05hello');
    const half = await RawClient.connect(port);
    half.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
    half.socket.resetAndDestroy();
    await Promise.all([silent.all(), broken.all()]);
    const ca = authority(gateway);
    expect((await ask(`${url}/v1/list-methods`, { ca })).status).toBe(200);
  });

  test('speaks TLS 1.2 and 1.3 and nothing older', async () => {
    const gateway = await secure();
    const { port } = gateway;
    const ca = authority(gateway);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        ca,
        minVersion: version,
        maxVersion: version,
      });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    const old = connectTls({
      port,
      host: '127.0.0.1',
      ca,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
  });

  test('a large answer comes whole, and a slow sender gets 408', async () => {
    const node = await FakeNode.start({ big: (call) => call.result(`"${'x'.repeat(5_000_000)}"`) });
    const gateway = await secure({ node, limits: { headersMs: 200, requestMs: 300 } });
    const ca = authority(gateway);
    const options = { method: 'POST', headers: { rune: RUNE }, ca };
    expect((await ask(`${gateway.url}/v1/big`, options)).body.length).toBe(5_000_002);
    const slow = httpsRequest(`${gateway.url}/v1/big`, {
      ...options,
      agent: new Agent(),
      headers: { rune: RUNE, 'content-length': '10' },
    });
    slow.write('[');
    const [response] = (await once(slow, 'response')) as [{ statusCode?: number }];
    expect(response.statusCode).toBe(408);
    slow.destroy();
  });
});

describe('the end', () => {
  test('what runs may end, what waits is told, and nobody new comes in', async () => {
    const node = await FakeNode.start({ wait: () => undefined, soon: () => undefined });
    const gateway = await testGateway({ node, limits: { closeMs: 300 } });
    const waiting = call(gateway.url, 'wait');
    const soon = call(gateway.url, 'soon');
    const kept = await RawClient.connect(gateway.port);
    kept.write(`${POST}\r\n`);
    await kept.until(/-32601/);
    await node.call('wait');
    const running = await node.call('soon');
    const started = performance.now();
    const closing = gateway.close();
    running.result('{"in time":true}');
    expect((await soon).body).toBe('{"in time":true}');
    await closing;
    const told = await waiting;
    expect([told.status, told.headers.connection]).toEqual([503, 'close']);
    expect(told.body).toContain('The gateway is stopping');
    await kept.all();
    expect(performance.now() - started).toBeLessThan(2_000);
    await expect(call(gateway.url, 'soon')).rejects.toThrow('ECONNREFUSED');
  });
});
