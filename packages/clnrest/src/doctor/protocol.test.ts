import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { authority, certify } from './testing/certificates.ts';
import { codes, examined } from './testing/examined.ts';
import { answering, gateway } from './testing/gateway.ts';
import { serveRaw } from './testing/serve.ts';

const found = async (url: string, timeoutMs = 10_000) =>
  (await examined(url, { timeoutMs })).get('protocol');

test('a server without TLS, asked by https, is told with the right URL', async () => {
  const { url } = await gateway();
  const secure = `${url.replace('http:', 'https:')}/`;
  expect(await found(secure)).toMatchObject({
    code: 'wrong_protocol',
    remedy: `write ${url}, or have the node serve https (rest-protocol)`,
  });
  const { rune, ...rest } = await codes(secure);
  expect(rune).toBe('rune_missing');
  expect(Object.entries(rest).filter(([, code]) => code === 'left_out')).toHaveLength(9);
});

test('a server with TLS, asked by http, is told with the right URL', async () => {
  const { url } = await gateway({}, await certify());
  expect(await found(url.replace('https:', 'http:'))).toMatchObject({
    code: 'wrong_protocol',
    remedy: `write ${url}`,
  });
});

test('so is one that says without TLS that it has TLS, as nginx does', async () => {
  const { url } = await gateway({}, await certify());
  const port = await serveRaw((socket) => {
    socket.once('data', (first) => {
      // A record of a TLS handshake (RFC 8446, 5.1).
      if (first[0] !== 22)
        return void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
      const inside = connect(Number(new URL(url).port), '127.0.0.1');
      inside.on('error', () => socket.destroy());
      inside.write(first);
      socket.pipe(inside).pipe(socket);
    });
  });
  expect(await found(`http://127.0.0.1:${port}`)).toMatchObject({
    code: 'wrong_protocol',
    remedy: `write https://127.0.0.1:${port}`,
  });
});

test.each(['http', 'https'])('who says nothing speaks neither (%s)', async (protocol) => {
  const port = await serveRaw(() => undefined);
  expect(await found(`${protocol}://127.0.0.1:${port}`, 800)).toMatchObject({
    code: 'not_http',
    found: 'whoever listens there says nothing',
  });
});

test.each(['http', 'https'])(
  'who closes, or sends rubbish, speaks neither (%s)',
  async (protocol) => {
    const closing = await serveRaw((socket) => socket.destroy());
    const rubbish = await serveRaw((socket) => {
      socket.end(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7) % 256)));
    });
    for (const port of [closing, rubbish]) {
      expect(await found(`${protocol}://127.0.0.1:${port}`)).toMatchObject({
        code: 'not_http',
        found: 'whoever listens there speaks neither https nor http',
      });
    }
  },
);

test('who knows TLS of an older kind only is told so', async () => {
  const { url } = await gateway(
    {},
    {
      ...(await certify()),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    },
  );
  expect(await found(url)).toMatchObject({ code: 'handshake_refused' });
});

test('who wants a certificate of ours is told so', async () => {
  const ca = await authority();
  const served = await certify({}, ca);
  const more = { authority: { kind: 'link' as const, pem: ca.cert } };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const tls = { ...served, requestCert: true, rejectUnauthorized: true, maxVersion };
    const { url } = await gateway({}, tls);
    const found = await codes(url, more);
    expect([found.protocol, found.gateway]).toContainEqual(
      maxVersion === 'TLSv1.2' ? 'handshake_refused' : 'client_certificate',
    );
  }
});

test('plain http is fine on this machine', async () => {
  const { url } = await gateway();
  expect(await found(url)).toMatchObject({ code: 'speaks_http' });
});

test('headers without an end are no HTTP', async () => {
  const endless = Object.fromEntries(
    Array.from({ length: 99 }, (_, i) => [`a${i}`, 'x'.repeat(999)]),
  );
  const { url } = await gateway({ 'GET /v1/list-methods': answering(200, '', endless) });
  expect(await found(url)).toMatchObject({ code: 'not_http' });
});
