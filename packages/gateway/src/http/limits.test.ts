import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call, RawClient } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { answering, CLOSE, expectBaseHeaders, POST, raw } from '../testing/answering.ts';

describe('limits', () => {
  test('a body that is too large gets 413, immediately by its length or while it arrives', async () => {
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

  test('all bodies together are bounded, and their permits are released', async () => {
    const { url, port } = await answering({ limits: { bodyBytes: 600, bodyBytesAtOnce: 1_200 } });
    const first = await RawClient.connect(port);
    first.write(`${POST}${CLOSE}Content-Length: 600\r\n\r\n[${' '.repeat(598)}`);
    // When this later request is answered, the first one is read.
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

  test('a client that sends a byte at a time gets 408 as well', async () => {
    const { port } = await answering({ limits: { headersMs: 100, requestMs: 200 } });
    const client = await RawClient.connect(port);
    client.write(`${POST}Content-Length: 1000000\r\n\r\n`);
    const drip = setInterval(() => client.socket.writable && client.write(' '), 10);
    const answer = await client.all();
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a waiting command has no deadline', async () => {
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

  test('a client that does not read a large result is disconnected', async () => {
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

  test.each([
    ['a response', ''],
    ['the last response of its connection', 'Connection: close\r\n'],
  ])(
    'a client that does not read %s is disconnected, even if it sends',
    { timeout: 5_000 },
    async (_what, header) => {
      const { port } = await answering({ limits: { stalledReaderMs: 200 } });
      const socket = connect(port, '127.0.0.1');
      socket.pause();
      socket.on('error', () => undefined);
      const request = 'GET /swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n';
      socket.write(`${request}\r\n`.repeat(8) + `${request}${header}\r\nGET / HTTP/1.1\r\nX: `);
      const sending = setInterval(() => socket.write('x'), 20);
      onTestFinished(() => clearInterval(sending));
      await closed(socket);
    },
  );

  test('a client that does not read a page is disconnected', async () => {
    const { port, url } = await answering({ limits: { stalledReaderMs: 100, connections: 1 } });
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write('GET /swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8));
    // The server accepts another connection after it has closed this one.
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

  test('a connection can be idle between requests up to the limit', async () => {
    const { port } = await answering({ limits: { keepAliveMs: 100, stalledReaderMs: 50 } });
    const client = await RawClient.connect(port);
    client.write(`${POST}\r\n`);
    const text = await client.all();
    expect(text).toContain('201 Created');
    expect(text).not.toContain('408');
  });

  test('a body in many tiny chunks is refused', async () => {
    const { port, log } = await answering();
    const client = await RawClient.connect(port);
    client.write(`${POST}Transfer-Encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(5_000)}`);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 400 [^]*too many small chunks/);
    expect(log).toHaveLength(1);
    const fine = await RawClient.connect(port);
    const chunks = '2\r\n  \r\n'.repeat(400);
    fine.write(`${POST}${CLOSE}Transfer-Encoding: chunked\r\n\r\n${chunks}2\r\n[]\r\n0\r\n\r\n`);
    expect(await fine.all()).toContain('201 Created');
  });

  test('a client can disconnect after any byte', async () => {
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
