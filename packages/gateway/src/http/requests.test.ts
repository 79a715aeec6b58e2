import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call, RawClient } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { answering, CLOSE, expectBaseHeaders, POST, raw } from '../testing/answering.ts';

describe('malformed input', () => {
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

describe('an unusual but valid request', () => {
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
      'an upgrade that the server does not support',
      `${POST}Connection: upgrade, close\r\nUpgrade: h2c\r\n\r\n`,
      201,
    ],
    [
      'an upgrade that the server does not support, with a body',
      `${POST}Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 7\r\n\r\n{"a":1}`,
      201,
    ],
    [
      'an upgrade that the server does not support, with a body without a length',
      `${POST}Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      201,
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

  test('pipelined requests are answered in order, and run one after the other', async () => {
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

  describe('more pipelined requests than allowed', () => {
    const SLOW =
      'POST /v1/slow HTTP/1.1\r\nHost: x\r\nRune: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==\r\n\r\n';

    test('are refused in order, and those before them are answered', async () => {
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

    test('are collected only up to the limit', async () => {
      const node = await FakeNode.start({ slow: () => undefined });
      const { port } = await testGateway({ node });
      const client = await RawClient.connect(port);
      client.write(SLOW.repeat(1_000));
      expect(await client.all()).toBe('');
    });
  });

  test('100 Continue is sent only before the body is read', async () => {
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

  test('a connection is kept between requests, including refused ones', async () => {
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

describe('hostile bytes', () => {
  test('get an HTTP response or none, and the server continues', async () => {
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
