import { describe, expect, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { type FakeCall } from '@clnrest/testing/fake-node';
import { RawClient } from '@clnrest/testing/http-client';
import { needsProc, usePluginWithFakeNode } from './plugin-with-fake-node.ts';

const MIB = 1024 * 1024;
const UNKNOWN = {
  code: -32000,
  message: expect.stringContaining('whether the command ran is unkn'),
};

needsProc();
const started = usePluginWithFakeNode();

/** Writes without end, as fast as the other side reads. Returns how many bytes it has written. */
function writeEndlessly({ socket }: FakeCall, piece: string): () => number {
  let written = 0;
  const write = (): void => {
    let goesOn = true;
    while (goesOn && !socket.destroyed) {
      goesOn = socket.write(piece);
      written += piece.length;
    }
  };
  socket.on('drain', write);
  write();
  return () => written;
}

describe('reply cut', { timeout: 30_000 }, () => {
  test('before the result: 502, and it is unknown whether the command ran', async () => {
    const plugin = started();
    const before = plugin.state;
    plugin.node.on('pay', ({ socket }) => socket.destroy());
    const answer = await plugin.call('pay');
    expect([answer.status, answer.json()]).toMatchObject([502, UNKNOWN]);
    // Nothing is sent to the node twice.
    expect(plugin.node.paramsOf('pay')).toHaveLength(1);
    await plugin.expectRecovered(before);
  });

  test('in the result: the response is cut, so that it does not pass for a whole one', async () => {
    const plugin = started();
    const before = plugin.state;
    plugin.node.on('listinvoices', (request) => request.begin(`{"invoices":["${'x'.repeat(MIB)}`));
    const client = await RawClient.connect(plugin.port);
    client.write(plugin.request('listinvoices'));
    await client.until(/^HTTP\/1\.1 201 /);
    await plugin.expectNormal();
    (await plugin.node.call('listinvoices')).socket.destroy();
    // A whole chunked body ends like this.
    expect(await client.all()).not.toMatch(/\r\n0\r\n\r\n$/);
    await plugin.expectRecovered(before);
  });

  test('of checkrune: 502, and nothing has run', async () => {
    const plugin = started();
    const before = plugin.state;
    plugin.node.on('checkrune', (request) => {
      request.begin('{"valid":tr');
      setImmediate(() => request.socket.destroy());
    });
    const answer = await plugin.call('pay');
    expect([answer.status, answer.json()]).toMatchObject([
      502,
      { code: -32000, message: 'The node cannot be reached' },
    ]);
    expect(plugin.node.paramsOf('pay')).toEqual([]);
    plugin.node.on('checkrune', (request) => request.result('{"valid":true}'));
    await plugin.expectRecovered(before);
  });
});

const GARBAGE = {
  text: 'nonsense',
  bytes: '\0\xff\xfe',
  'brackets that do not match': '{"jsonrpc":"2.0","result":{]}',
  'a reply to another request': '{"jsonrpc":"2.0","id":"x","result":{"valid":true}}',
  'a reply without a result': '{"jsonrpc":"2.0","id":"x"}',
};

describe('reply garbage', { timeout: 30_000 }, () => {
  test('of a command: 502, and the connection to the node is closed', async () => {
    const plugin = started();
    const before = plugin.state;
    for (const [index, text] of Object.values(GARBAGE).entries()) {
      plugin.node.on('listfunds', ({ socket }) => socket.write(text, 'latin1'));
      const answer = await plugin.call('listfunds');
      expect([text, answer.status, answer.json()]).toMatchObject([text, 502, UNKNOWN]);
      await closed((await plugin.node.call('listfunds', index)).socket);
      await plugin.expectNormal();
    }
    await plugin.expectRecovered(before);
  });

  test('of checkrune: 502, and nothing has run', async () => {
    const plugin = started();
    const before = plugin.state;
    for (const text of Object.values(GARBAGE)) {
      plugin.node.on('checkrune', ({ socket }) => socket.write(text, 'latin1'));
      const answer = await plugin.call('pay');
      expect([text, answer.status]).toEqual([text, 502]);
      expect(await plugin.wellBehavedClient.status('/runes')).toBe(200);
    }
    expect(plugin.node.paramsOf('pay')).toEqual([]);
    plugin.node.on('checkrune', (request) => request.result('{"valid":true}'));
    await plugin.expectRecovered(before);
  });
});

describe('reply endless', { timeout: 60_000 }, () => {
  test('result: it takes little memory, a caller that stops reading stops the node', async () => {
    const plugin = started();
    const before = plugin.state;
    let written = (): number => 0;
    plugin.node.on('listforwards', (request) => {
      request.begin('{"forwards":[');
      written = writeEndlessly(request, `"${'x'.repeat(65_534)}",`);
    });
    const client = await RawClient.connect(plugin.port);
    client.socket.removeAllListeners('data');
    // Reads without keeping anything.
    client.socket.resume();
    client.write(plugin.request('listforwards'));
    await expect
      .poll(() => client.socket.bytesRead, { timeout: 20_000 })
      .toBeGreaterThan(100 * MIB);
    await plugin.expectNormal();
    expect(plugin.state.memory - before.memory).toBeLessThan(100 * MIB);
    client.socket.pause();
    await expect
      .poll(
        async () => {
          const earlier = written();
          await plugin.expectNormal();
          return written() - earlier;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
    client.socket.destroy();
    await closed((await plugin.node.call('listforwards')).socket);
    await plugin.expectRecovered(before);
  });

  test('before the result: it takes little memory, and ends with its caller', async () => {
    const plugin = started();
    const before = plugin.state;
    let written = (): number => 0;
    plugin.node.on('listforwards', (request) => {
      request.socket.write('{"jsonrpc":"2.0","junk":[');
      written = writeEndlessly(request, `"${'x'.repeat(65_534)}",`);
    });
    const client = await RawClient.connect(plugin.port);
    client.write(plugin.request('listforwards'));
    await expect.poll(() => written(), { timeout: 20_000 }).toBeGreaterThan(100 * MIB);
    await plugin.expectNormal();
    expect(plugin.state.memory - before.memory).toBeLessThan(100 * MIB);
    client.socket.destroy();
    await closed((await plugin.node.call('listforwards')).socket);
    await plugin.expectRecovered(before);
  });

  test('error: 502 as soon as it is too long to be one', async () => {
    const plugin = started();
    const before = plugin.state;
    plugin.node.on('listforwards', (request) => {
      request.socket.write('{"jsonrpc":"2.0","error":{"code":-1,"message":"');
      writeEndlessly(request, 'x'.repeat(65_536));
    });
    const answer = await plugin.call('listforwards');
    expect([answer.status, answer.json()]).toMatchObject([502, UNKNOWN]);
    await plugin.expectRecovered(before);
  });

  test('of checkrune: 502, and nothing has run', async () => {
    const plugin = started();
    const before = plugin.state;
    plugin.node.on('checkrune', (request) => {
      request.begin('{"valid":true,"x":"');
      writeEndlessly(request, 'x'.repeat(65_536));
    });
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, plugin.state.memory)), 20);
    const answer = await plugin.call('pay').finally(() => clearInterval(watch));
    expect(answer.status).toBe(502);
    expect(most - before.memory).toBeLessThan(150 * MIB);
    expect(plugin.node.paramsOf('pay')).toEqual([]);
    plugin.node.on('checkrune', (request) => request.result('{"valid":true}'));
    await plugin.expectRecovered(before);
  });
});
