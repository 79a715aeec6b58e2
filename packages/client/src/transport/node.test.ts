import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { need } from '@clnrest/testing/programs';
import { respondWith, serve, serveRaw } from '@clnrest/testing/serve';
import { describe, expect, onTestFinished, test, type TestContext, vi } from 'vitest';
import { ClnrestClient } from '../client.ts';
import { errorOf } from '../testing/error-of.ts';

const rune = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

/** Creates a self-signed certificate for these names. */
function certificate(context: TestContext, names: string): { key: string; cert: string } {
  need(context, 'openssl');
  const directory = temporaryDirectory();
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'pipe',
  });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

describe('connections', () => {
  test('are reused, also after errors', async () => {
    const sockets = new Set<Socket>();
    let requests = 0;
    const { url } = await serve((request, response) => {
      sockets.add(request.socket);
      const failing = ++requests % 2 === 0;
      respondWith(failing ? 500 : 201, failing ? '{"code":1,"message":"x"}' : '{"a":[]}')(
        request,
        response,
      );
    });
    const client = new ClnrestClient({ url, rune });
    const warned = vi.fn<(warning: Error) => void>();
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    for (let i = 0; i < 30; i++) await client.call<unknown>('x').catch(() => undefined);
    for await (const item of client.items<unknown>('x', 'a')) throw new Error(String(item));
    expect(sockets.size).toBe(1);
    await new Promise(setImmediate);
    expect(warned).not.toHaveBeenCalled();
  });

  test('that break during a call fail it once and are not reused', async () => {
    let connections = 0;
    const port = await serveRaw((socket) => {
      connections++;
      let requests = 0;
      socket.on('data', () => {
        if (++requests > 1) socket.destroy();
        else
          socket.write(
            'HTTP/1.1 201 x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
          );
      });
    });
    const client = new ClnrestClient({ url: `http://127.0.0.1:${port}`, rune });
    await client.call('pay', { bolt11: 'lnbc' });
    expect(await errorOf(client.call('pay', { bolt11: 'lnbc' }))).toMatchObject({
      code: 'connection_failed',
      mayHaveRun: true,
    });
    expect(connections).toBe(1);
    expect(await client.call('pay', { bolt11: 'lnbc' })).toEqual({});
  });

  test('that cannot be opened leave mayHaveRun false', async () => {
    for (const unreachable of [
      'http://127.0.0.1:1',
      'https://127.0.0.1:1',
      'http://nowhere.invalid',
    ]) {
      const error = await errorOf(
        new ClnrestClient({ url: unreachable, rune }).call<unknown>('pay'),
      );
      expect(error).toMatchObject({ code: 'connection_failed', mayHaveRun: false });
      expect((error as Error).cause).toBeInstanceOf(Error);
    }
    const { url: plain } = await serve(respondWith(201, '{}'));
    const overTls = new ClnrestClient({ url: plain.replace('http:', 'https:'), rune });
    expect(await errorOf(overTls.call<unknown>('pay'))).toMatchObject({
      code: 'connection_failed',
      mayHaveRun: false,
    });
  });
});

describe('certificates', () => {
  test('are trusted if `ca` has signed them', async (context) => {
    const tls = certificate(context, 'IP:127.0.0.1,DNS:localhost');
    const { url } = await serve(respondWith(201, '{"ok":1}'), tls);
    const client = new ClnrestClient({ url, rune, ca: tls.cert });
    expect(await client.call('getinfo')).toEqual({ ok: 1 });
    const bytes = new ClnrestClient({ url, rune, ca: Buffer.from(tls.cert) });
    expect(await bytes.call('getinfo')).toEqual({ ok: 1 });
    const another = certificate(context, 'DNS:other').cert;
    const both = new ClnrestClient({ url, rune, ca: `${another}${tls.cert}` });
    expect(await both.call('getinfo')).toEqual({ ok: 1 });
  });

  test('are not trusted otherwise, and the rune is not sent', async (context) => {
    const tls = certificate(context, 'DNS:elsewhere');
    let requests = 0;
    const { url } = await serve(() => requests++, tls);
    const another = certificate(context, 'IP:127.0.0.1').cert;
    for (const ca of [undefined, another, tls.cert]) {
      const client = new ClnrestClient({ url, rune, ca });
      const error = await errorOf(client.call('getinfo'));
      expect(error).toMatchObject({ code: 'certificate_not_trusted', mayHaveRun: false });
      expect((error as Error).message).not.toContain(rune);
      const listening = await errorOf(client.notifications().next());
      expect(listening).toMatchObject({ code: 'certificate_not_trusted' });
    }
    expect(requests).toBe(0);
  });
});
