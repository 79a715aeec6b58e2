import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, call, RawClient } from '@clnrest/testing/http-client';
import { need, run } from '@clnrest/testing/programs';
import { testGateway, type TestGateway, type TestOptions } from '../testing/gateway.ts';
import { answering, expectBaseHeaders, POST, raw } from '../testing/answering.ts';

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
    need(context, 'curl');
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

  test('refuses plain HTTP with a clear message', async () => {
    const { port, log } = await secure();
    const answer = await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('This port speaks HTTPS: use a URL that begins with https://');
    expectBaseHeaders(answer);
    expect(log.slice(2)).toEqual([expect.stringContaining('400 plain_http')]);
  });

  test('survives handshakes that are malformed, incomplete, or never begun', async () => {
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

  test('supports only TLS 1.2 and 1.3', async () => {
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

  test('a large result arrives completely, and a slow sender gets 408', async () => {
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

describe('requests pipelined over https, after a large response', () => {
  test.each([1, 3, 8])(
    'in %d packets: every response is complete, and in order',
    async (packets) => {
      const result = `"${'x'.repeat(1_000_000)}"`;
      const node = await FakeNode.start({
        big: (request) => request.result(result),
        getinfo: (request) => request.result('{"id":"02aa"}'),
      });
      const gateway = await testGateway({ node, settings: { protocol: 'https' } });
      const { port } = gateway;
      const wire = new HoldingWire(connectTcp(port, '127.0.0.1'));
      const socket = connectTls({ socket: wire, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      socket.setEncoding('latin1');
      socket.pause();
      const request = (method: string): string =>
        `POST /v1/${method} HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\n\r\n`;
      socket.write(request('big'));
      // The response has begun, and the client leaves part of it unread.
      await once(socket, 'readable');
      const text = request('big') + request('getinfo').repeat(6);
      const size = Math.ceil(text.length / packets);
      // Several TLS records in one packet.
      wire.isHolding = true;
      for (let at = 0; at < text.length; at += size) {
        await new Promise<void>((resolve) => {
          socket.write(text.slice(at, at + size), () => resolve());
        });
      }
      wire.release();
      await node.call('big');
      let received = '';
      socket.on('data', (piece: string) => {
        received += piece;
        if (/(?:\{"id":"02aa"\}[^]*){6}$/.test(received)) socket.emit('end');
      });
      const ended = once(socket, 'end');
      socket.resume();
      await ended;
      socket.destroy();
      const responses = received.split(/(?=HTTP\/1\.1 )/);
      const statuses = responses.map((each) => each.slice(9, 12));
      // Requests that node:http dropped are refused, so that the client knows they did not run.
      expect(statuses.join(' ')).toMatch(/^201 201(?: 201){6}$|^201(?: 201)* 503$/);
      for (const response of responses.slice(0, 2)) {
        if (!response.startsWith('HTTP/1.1 201')) continue;
        expect(response.replaceAll(/\r\n[0-9a-f]+\r\n/g, '')).toContain('x'.repeat(100_000));
      }
      expect(node.paramsOf('getinfo').length).toBeLessThanOrEqual(6);
    },
  );
});

/** A TCP connection that can hold back what is written, to send it at once. */
class HoldingWire extends Duplex {
  isHolding = false;
  readonly #tcp: Socket;
  #held: Buffer[] = [];

  constructor(tcp: Socket) {
    super();
    this.#tcp = tcp;
    tcp.on('data', (piece: Buffer) => this.push(piece) || tcp.pause());
    tcp.on('end', () => this.push(null)).on('error', (error) => this.destroy(error));
  }

  release(): void {
    this.isHolding = false;
    this.#tcp.write(Buffer.concat(this.#held));
    this.#held = [];
  }

  override _read(): void {
    this.#tcp.resume();
  }

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    if (this.isHolding) this.#held.push(piece);
    else this.#tcp.write(piece);
    done();
  }

  override _final(done: () => void): void {
    this.#tcp.end();
    done();
  }
}

describe('close', () => {
  test('running commands can end, waiting ones get a 503, and new connections are refused', async () => {
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
    const refused = await waiting;
    expect([refused.status, refused.headers.connection]).toEqual([503, 'close']);
    expect(refused.body).toContain('The gateway is stopping');
    await kept.all();
    expect(performance.now() - started).toBeLessThan(2_000);
    await expect(call(gateway.url, 'soon')).rejects.toThrow('ECONNREFUSED');
  });

  test('a response that ends while the server closes announces the end of its connection', async () => {
    const node = await FakeNode.start({ slow: () => undefined });
    const gateway = await testGateway({ node });
    const [single, pipelined] = await Promise.all([
      RawClient.connect(gateway.port),
      RawClient.connect(gateway.port),
    ]);
    const slow = POST.replace('getinfo', 'slow');
    single.write(`${slow}\r\n`);
    const first = await node.call('slow', 0);
    pipelined.write(`${slow}\r\n${slow}\r\n`);
    const second = await node.call('slow', 1);
    const closing = gateway.close();
    first.result('{"n":1}');
    second.result('{"n":2}');
    const [one, two] = await Promise.all([single.all(), pipelined.all()]);
    expect(one).toMatch(/^HTTP\/1\.1 201[^]*\r\nConnection: close\r\n[^]*\{"n":1\}/i);
    // The second request gets its response, so the first one does not end the connection.
    expect(two).toMatch(/^HTTP\/1\.1 201[^]*\r\nConnection: keep-alive\r\n[^]*\{"n":2\}/i);
    expect(two).toMatch(/HTTP\/1\.1 503[^]*\r\nConnection: close\r\n[^]*The gateway is stopping/i);
    await closing;
  });
});
