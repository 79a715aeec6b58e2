import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { ask, RawClient } from '@clnrest/testing/http-client';
import { answering, CLOSE, POST, raw } from '../testing/answering.ts';

/** The header of Chromium and Firefox when they open a page. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const SECRET = 'oPvcGOGmvgMJJuGBLsVrTVeFkmOh5vfpNGNvCYsbO9Q9MA==';

describe('a rune in another place', () => {
  test.each([
    [
      { authorization: `Bearer ${SECRET}` },
      '',
      'send it in the header Rune instead of Authorization',
    ],
    [{ macaroon: SECRET }, '', 'send it in the header Rune instead of macaroon'],
    [
      { 'grpc-metadata-macaroon': SECRET },
      '',
      'send it in the header Rune instead of Grpc-Metadata-macaroon',
    ],
    [
      {},
      `?rune=${encodeURIComponent(SECRET)}`,
      'send the rune in the header Rune instead of the URL, which servers and browsers record: create another rune',
    ],
  ])('%j, query %s', async (headers, query, fix) => {
    const { url, log, node } = await answering();
    const message = `Not authorized: Missing rune: ${fix}`;
    const answer = await ask(`${url}/v1/getinfo${query}`, { method: 'POST', headers });
    const error = { code: 1501, message };
    expect([answer.status, answer.json()]).toEqual([403, { ...error, error }]);
    const page = await ask(`${url}/v1/getinfo${query}`, {
      method: 'POST',
      headers: { ...headers, accept: BROWSER },
    });
    expect(page.body).toContain(`<p>${message}</p>`);
    expect(log).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining(`403 missing_rune. Error code 1501`)),
    );
    for (const shown of [answer.body, page.body, ...log]) expect(shown).not.toMatch(/oPvcGOGmvg/);
    expect(node.calls).toEqual([]);
  });

  test('in the URL of a page that a browser opens', async () => {
    const { url, log } = await answering();
    const headers = { accept: BROWSER };
    const page = await ask(`${url}/v1/getinfo?rune=${SECRET}`, { headers });
    expect([page.status, page.headers['allow']]).toEqual([405, 'POST']);
    expect(page.body).toContain('must be POST for CLN methods: send the rune in the header Rune');
    for (const shown of [page.body, ...log]) expect(shown).not.toMatch(/oPvcGOGmvg/);
  });

  test('that also arrives in the right one is used', async () => {
    const { url } = await answering();
    const headers = { rune: RUNE, authorization: 'Basic eDp5' };
    expect((await ask(`${url}/v1/getinfo`, { method: 'POST', headers })).status).toBe(201);
  });
});

describe('a slash at the end', () => {
  test.each([
    ['POST', '/v1/getinfo/', 'Unknown command: names have letters, digits, -, _ and . only: '],
    ['GET', '/runes/', 'Path not found: '],
    ['GET', '/health/?x=1', 'Path not found: '],
  ])('%s %s', async (method, path, start) => {
    const { url } = await answering();
    const answer = await ask(url + path, { method, headers: { rune: RUNE } });
    const message = `${start}remove the slash at the end of the path`;
    expect([answer.status, answer.json()]).toMatchObject([404, { message }]);
  });

  test('of a command, with another method', async () => {
    const { url } = await answering();
    const answer = await ask(`${url}/v1/getinfo/`, { headers: { rune: RUNE } });
    const message =
      'Path invalid, http_method must be POST for CLN methods: remove the slash at the end of the path';
    expect([answer.status, answer.json()]).toMatchObject([405, { message }]);
  });

  test.each(['/nothing/', '/v1//', '/runes//'])(
    'does not matter where nothing is: %s',
    async (path) => {
      const { url } = await answering();
      const answer = await ask(url + path, { headers: { rune: RUNE } });
      expect(answer.body).not.toContain('slash');
    },
  );
});

describe('an error as a page', () => {
  test('links to the pages of this server', async () => {
    const { url } = await answering({ settings: { swaggerRoot: '/doc' } });
    const answer = await ask(`${url}/<script>alert(1)</script>`, { headers: { accept: BROWSER } });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      404,
      'text/html; charset=utf-8',
    ]);
    expect(answer.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'self'") as string,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.body).toContain('<p>Path not found</p>');
    expect(answer.body).not.toContain('alert');
    for (const [, href = ''] of answer.body.matchAll(/href="([^"]*)"/g)) {
      expect((await ask(new URL(href, `${url}/a/b`).href)).status, href).toBe(200);
    }
  });

  test.each(['/nothing', '/nothing/', '/v1/getinfo', '/v1/a/b/c?d=/e', '/metrics', '//x'])(
    'links to the pages behind a proxy that removes a prefix: %s',
    async (path) => {
      const { url } = await answering({ settings: { swaggerRoot: '/doc' } });
      const answer = await ask(url + path, { headers: { accept: BROWSER } });
      expect(answer.status).toBeGreaterThan(399);
      const links = [...answer.body.matchAll(/href="([^"]*)"/g)].map(
        ([, href = '']) => new URL(href, `https://example.org/node1${path}`).pathname,
      );
      expect(links).toEqual(
        ['doc/', 'v1/list-methods', 'runes', 'events'].map((page) => `/node1/${page}`),
      );
    },
  );

  test.each([
    ['/metrics', 'method=metrics'],
    ['/metrics', 'rest-metrics-port'],
    ['/v1/getinfo', 'curl --request POST --header &quot;Rune: …&quot;'],
  ])('of %s names the fix: %s', async (path, fix) => {
    const { url } = await answering();
    const answer = await ask(url + path, { headers: { accept: BROWSER } });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body.replaceAll('"', '&quot;')).toContain(fix);
  });

  test.each(['/%ff', '/a/%/b', '/%E0%A4%A?x=%'])('of %s, which does not decode', async (path) => {
    const { url, log } = await answering();
    const answer = await ask(url + path, { headers: { accept: BROWSER } });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      404,
      'text/html; charset=utf-8',
    ]);
    expect(log.join()).not.toContain('internal');
  });

  test('of a path with thousands of slashes is a short page', async () => {
    const { url } = await answering();
    const answer = await ask(url + '/'.repeat(8_000), { headers: { accept: BROWSER } });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body.length).toBeLessThan(2_000);
  });

  test('escapes what the client chose', async () => {
    const gateway = await answering();
    gateway.paths.register({
      path: 'x/{name}',
      rpcMethod: 'getinfo',
      httpMethod: 'GET',
      runeRequired: false,
      runeRestrictions: {},
    });
    const answer = await ask(`${gateway.url}/x/<b>`, {
      method: 'DELETE',
      headers: { accept: BROWSER },
    });
    expect(answer.status).toBe(405);
    expect(answer.body).toContain('Dynamic path: x/');
    expect(answer.body).not.toMatch(/<b>|<script/);
  });

  test.each([
    [{}],
    [{ accept: '*/*' }],
    [{ accept: 'application/json, text/plain, */*' }],
    [{ accept: 'application/json, text/html' }],
    [{ accept: 'text/html;q=0.5, application/json' }],
    [{ accept: 'text/html;q=0' }],
    // Java's HttpURLConnection, with a rune.
    [{ accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', rune: RUNE }],
  ])('is for browsers only: %j gets JSON', async (headers) => {
    const { url } = await answering();
    const answer = await ask(`${url}/nothing`, { headers });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toMatchObject({ code: -32601, message: 'Path not found' });
  });

  test('keeps the order of pipelined requests, and has no body for HEAD', async () => {
    const { port } = await answering();
    const browser = `Host: x\r\nAccept: ${BROWSER}\r\n`;
    const answer = await raw(
      port,
      `GET /nothing HTTP/1.1\r\n${browser}\r\n` +
        `${POST}\r\n` +
        `HEAD /nothing HTTP/1.1\r\n${browser}\r\n` +
        `GET /nothing HTTP/1.1\r\n${browser}${CLOSE}\r\n`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+|<!doctype|\{"id":"02aa"\}/g)).toEqual([
      'HTTP/1.1 404',
      '<!doctype',
      'HTTP/1.1 201',
      '{"id":"02aa"}',
      'HTTP/1.1 404',
      'HTTP/1.1 404',
      '<!doctype',
    ]);
  });
});

describe('plain http on the port of https', () => {
  const secure = () => answering({ settings: { protocol: 'https' } });
  const request = (headers: string): string => `GET /?rune=${SECRET} HTTP/1.1\r\n${headers}\r\n`;

  test('is a page with a link for a browser', async () => {
    const { port, log } = await secure();
    const answer = await raw(port, request(`Host: 127.0.0.1:${port}\r\nAccept: ${BROWSER}\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*\r\nContent-Type: text\/html; charset=utf-8\r\n/);
    expect(answer).toContain('This port speaks HTTPS: use a URL that begins with https://');
    expect(answer).toContain(`<a href="https://127.0.0.1:${port}/">`);
    expect(answer + log.join()).not.toContain(SECRET);
    expect(Number(/Content-Length: (\d+)/.exec(answer)?.[1])).toBe(
      Buffer.byteLength(answer.split('\r\n\r\n').slice(1).join('\r\n\r\n')),
    );
  });

  test.each([
    ['a host that is not one', `Host: "><script>\r\nAccept: ${BROWSER}\r\n`],
    ['no host', `Accept: ${BROWSER}\r\n`],
  ])('with %s has no link', async (_, headers) => {
    const { port } = await secure();
    const answer = await raw(port, request(headers));
    expect(answer).toContain('<!doctype html>');
    expect(answer).not.toMatch(/<a |<script/);
  });

  test('is JSON for other clients, at once and byte by byte', async () => {
    const { port } = await secure();
    const head = request('Host: x\r\nAccept: */*\r\n');
    expect(await raw(port, head)).toContain('\r\nContent-Type: application/json\r\n');
    const slow = await RawClient.connect(port);
    slow.socket.setNoDelay(true);
    for (const byte of head.slice(0, 12)) {
      slow.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await slow.all()).toContain('"code":-32600');
  });

  test('gets its response after the client has ended its half', async () => {
    const { port } = await secure();
    const socket = connect(port, '127.0.0.1');
    socket.end(request(`Host: x\r\nAccept: ${BROWSER}\r\n`));
    expect(await text(socket)).toContain('<!doctype html>');
  });

  test('does not disturb TLS, whose first bytes can arrive one by one', async () => {
    const { port, certificates } = await secure();
    const ca = readFileSync(join(certificates, 'ca.pem'));
    const ended = connect(port, '127.0.0.1').end();
    await once(ended.resume(), 'close');
    // TLS of Node.js writes whole records, so a proxy splits the bytes.
    const proxy = createServer((client) => {
      const server = connect({ port, host: '127.0.0.1', noDelay: true });
      server.pipe(client).on('error', () => server.destroy());
      client.on('data', (bytes) => void trickle(bytes, server));
      client.on('end', () => server.end());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const socket = connectTls({ port: proxyPort, host: '127.0.0.1', ca });
    await once(socket, 'secureConnect');
    socket.write(`GET /health HTTP/1.1\r\nHost: x\r\n${CLOSE}\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 (?:200|503) /);
    proxy.close();
  });

  test('a client that sends nothing is disconnected', async () => {
    const { port } = await answering({
      settings: { protocol: 'https' },
      limits: { handshakeMs: 50 },
    });
    const socket = connect(port, '127.0.0.1');
    await once(socket.resume(), 'close');
  });
});

/** Sends the first bytes one by one, and then the others. */
async function trickle(bytes: Buffer, socket: ReturnType<typeof connect>): Promise<void> {
  const single = Math.min(bytes.length, 8);
  for (let at = 0; at < single; at++) {
    socket.write(bytes.subarray(at, at + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.write(bytes.subarray(single));
}
