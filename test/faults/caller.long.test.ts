import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { RawClient } from '@clnrest/testing/http-client';
import { needsProc, PluginWithFakeNode, usePluginWithFakeNode } from './plugin-with-fake-node.ts';

const MIB = 1024 * 1024;
const JSON_BODY = 'Content-Type: application/json';

needsProc();
const started = usePluginWithFakeNode();

/** A client that ends with the test. */
async function connect({ port }: PluginWithFakeNode): Promise<RawClient> {
  const client = await RawClient.connect(port);
  onTestFinished(() => void client.socket.destroy());
  return client;
}

/** Sends a piece again and again until the server closes the connection. */
function trickle({ socket }: RawClient, piece: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** Sends as fast as the server reads. Resolves when it has closed the connection, which it must before a gigabyte. */
async function sendEndlessly({ socket }: RawClient, piece: string): Promise<void> {
  for (let sent = 0; !socket.closed; sent += piece.length) {
    expect(sent).toBeLessThan(1024 * MIB);
    if (!socket.write(piece)) {
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
  }
}

/** A result of 64 MiB, more than the system holds for a client that does not read. */
const LARGE = `["${'x'.repeat(64 * MIB)}"]`;

describe('caller slow', { timeout: 60_000 }, () => {
  test('headers and bodies: 408 in time; an unread response: the connection is closed', async () => {
    const plugin = await PluginWithFakeNode.start({ shortLimits: true });
    const before = plugin.state;
    plugin.node.on('listinvoices', (request) => request.result(LARGE));
    const [headers, body, response] = [
      await connect(plugin),
      await connect(plugin),
      await connect(plugin),
    ];
    headers.write('POST /v1/getinfo HTTP/1.1\r\n');
    trickle(headers, 'X: y\r\n', 100);
    body.write(plugin.request('getinfo', JSON_BODY, 'Content-Length: 1000000'));
    trickle(body, ' ', 100);
    response.write(plugin.request('listinvoices'));
    await once(response.socket, 'readable');
    response.socket.pause();
    await plugin.expectNormal();
    for (const client of [headers, body]) {
      expect(await client.all()).toMatch(/^HTTP\/1\.1 408 [^]*"Request took too long to arrive"/);
    }
    await plugin.expectNormal();
    // With its caller the connection to the node goes.
    await closed((await plugin.node.call('listinvoices')).socket);
    response.socket.destroy();
    await plugin.expectRecovered(before);
  });
});

describe('caller gone', { timeout: 60_000 }, () => {
  test.each(['end', 'reset'] as const)(
    'at any stage of a request, by %s: what it used is free',
    async (how) => {
      const plugin = started();
      const before = plugin.state;
      plugin.node.on('waitanyinvoice', () => undefined);
      plugin.node.on('listinvoices', (request) => request.result(LARGE));
      const body = ['getinfo', JSON_BODY, 'Content-Length: 100'] as const;
      const stages = {
        nothing: '',
        'the first line': 'POST /v1/getinfo HT',
        headers: plugin.request('getinfo').slice(0, -2),
        'a part of a body': `${plugin.request(...body)}{"a":`,
        'a command that waits': plugin.request('waitanyinvoice'),
        'a response': plugin.request('listinvoices'),
      };
      const clients: RawClient[] = [];
      for (const text of Object.values(stages)) {
        for (let count = 0; count < 5; count++) {
          const client = await connect(plugin);
          client.write(text);
          client.socket.pause();
          clients.push(client);
        }
      }
      await plugin.node.call('waitanyinvoice', 4);
      await plugin.node.call('listinvoices', 4);
      await plugin.expectNormal();
      for (const { socket } of clients) {
        if (how === 'end') socket.destroy();
        else socket.resetAndDestroy();
      }
      for (const method of ['waitanyinvoice', 'listinvoices']) {
        for (let index = 0; index < 5; index++) {
          await closed((await plugin.node.call(method, index)).socket);
        }
      }
      await plugin.expectRecovered(before);
    },
  );

  test('while it ran a command that cannot be undone: the command runs once', async () => {
    const plugin = started();
    const before = plugin.state;
    plugin.node.on('pay', () => undefined);
    const client = await connect(plugin);
    client.write(plugin.request('pay'));
    const { socket } = await plugin.node.call('pay');
    client.socket.destroy();
    await closed(socket);
    await plugin.expectRecovered(before);
    expect(plugin.node.paramsOf('pay')).toHaveLength(1);
  });
});

describe('caller huge', { timeout: 60_000 }, () => {
  test('headers, URLs and bodies beyond the limits are refused, and so are endless ones', async () => {
    const plugin = started();
    const before = plugin.state;
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
    const cases: readonly (readonly [number, string, string])[] = [
      [414, `GET /${'x'.repeat(5_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, ''],
      [431, `GET / HTTP/1.1\r\nHost: x\r\nX: `, 'x'.repeat(65_536)],
      [413, plugin.request('getinfo', JSON_BODY, 'Content-Length: 1000000000000'), ''],
      [413, plugin.request('getinfo', JSON_BODY, 'Transfer-Encoding: chunked'), chunk],
    ];
    for (const [status, text, more] of cases) {
      const client = await connect(plugin);
      client.write(text);
      if (more !== '') await sendEndlessly(client, more);
      expect(await client.until(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      client.socket.destroy();
      await plugin.expectNormal();
    }
    await plugin.expectRecovered(before);
  });

  test('many of the largest bodies: 503 beyond the share of their address, others are served', async () => {
    const plugin = started();
    const before = plugin.state;
    const size = 4 * MIB;
    const head = plugin.request('getinfo', JSON_BODY, `Content-Length: ${size}`);
    const clients = await Promise.all(Array.from({ length: 40 }, () => connect(plugin)));
    let refused = 0;
    for (const client of clients) {
      // It never becomes complete.
      client.write(head + ' '.repeat(size - 1));
      client.until(/^HTTP\/1\.1 503 /).then(
        () => refused++,
        () => undefined,
      );
    }
    await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThan(20);
    await plugin.expectNormal();
    expect((await plugin.wellBehavedClient.call('getinfo', '{}')).status).toBe(201);
    expect(plugin.state.memory - before.memory).toBeLessThan(200 * MIB);
    for (const { socket } of clients) socket.destroy();
    // The allocator keeps memory for the next bodies: 40 more rounds took no more than this.
    await plugin.expectRecovered({ ...before, memory: before.memory + 90 * MIB });
  });
});
