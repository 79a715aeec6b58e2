import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { respondWith, serveRaw } from '@clnrest/testing/serve';
import { issueAuthority, issueCertificate } from './testing/certificates.ts';
import { findingCodes, runDoctor } from './testing/run-doctor.ts';
import { startGateway } from './testing/gateway.ts';

const found = async (url: string, timeoutMs = 10_000) =>
  (await runDoctor(url, { timeoutMs })).get('protocol');

test('suggests http for a server without TLS', async () => {
  const { url } = await startGateway();
  const secure = `${url.replace('http:', 'https:')}/`;
  expect(await found(secure)).toMatchObject({
    code: 'wrong_protocol',
    remedy: `use ${url}, or set rest-protocol=https on the node`,
  });
  const { rune, ...rest } = await findingCodes(secure);
  expect(rune).toBe('rune_missing');
  expect(Object.entries(rest).filter(([, code]) => code === 'left_out')).toHaveLength(9);
});

test('suggests https for a server with TLS', async () => {
  const { url } = await startGateway({}, await issueCertificate());
  expect(await found(url.replace('https:', 'http:'))).toMatchObject({
    code: 'wrong_protocol',
    remedy: `use ${url}`,
  });
});

test('suggests https for a TLS server that answers http with 400, as nginx does', async () => {
  const { url } = await startGateway({}, await issueCertificate());
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
    remedy: `use https://127.0.0.1:${port}`,
  });
});

test.each(['http', 'https'])('a silent server speaks neither (%s)', async (protocol) => {
  const port = await serveRaw(() => undefined);
  expect(await found(`${protocol}://127.0.0.1:${port}`, 800)).toMatchObject({
    code: 'not_http',
    found: 'the server sends nothing',
  });
});

test.each(['http', 'https'])(
  'a server that closes or sends garbage speaks neither (%s)',
  async (protocol) => {
    const closing = await serveRaw((socket) => socket.destroy());
    const garbage = await serveRaw((socket) => {
      socket.end(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7) % 256)));
    });
    for (const port of [closing, garbage]) {
      expect(await found(`${protocol}://127.0.0.1:${port}`)).toMatchObject({
        code: 'not_http',
        found: 'the server speaks neither https nor http',
      });
    }
  },
);

test('reports a server with only an outdated TLS version', async () => {
  const { url } = await startGateway(
    {},
    {
      ...(await issueCertificate()),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    },
  );
  expect(await found(url)).toMatchObject({ code: 'handshake_refused' });
});

test('reports a server that requires a client certificate', async () => {
  const ca = await issueAuthority();
  const served = await issueCertificate({}, ca);
  const more = { authority: { kind: 'link' as const, pem: ca.cert } };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const tls = { ...served, requestCert: true, rejectUnauthorized: true, maxVersion };
    const { url } = await startGateway({}, tls);
    const found = await findingCodes(url, more);
    expect([found.protocol, found.gateway]).toContainEqual(
      maxVersion === 'TLSv1.2' ? 'handshake_refused' : 'client_certificate',
    );
  }
});

test('accepts plain http on this machine', async () => {
  const { url } = await startGateway();
  expect(await found(url)).toMatchObject({ code: 'speaks_http' });
});

test('rejects endless headers', async () => {
  const endless = Object.fromEntries(
    Array.from({ length: 99 }, (_, i) => [`a${i}`, 'x'.repeat(999)]),
  );
  const { url } = await startGateway({ 'GET /v1/list-methods': respondWith(200, '', endless) });
  expect(await found(url)).toMatchObject({ code: 'not_http' });
});
