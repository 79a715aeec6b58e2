import { beforeEach, describe, expect, test } from 'vitest';
import { closed } from '../../packages/gateway/src/testing/fake-node.ts';
import { RawClient } from '../../packages/gateway/src/testing/http-client.ts';
import { RUNE } from '../../packages/gateway/src/testing/rune.ts';
import { type PluginWithFakeNode, startPluginWithFakeNode } from './plugin-with-fake-node.ts';

const MIB = 1024 * 1024;

beforeEach((context) => {
  if (process.platform !== 'linux') context.skip('memory is read from /proc, on Linux only');
});

/** A well-behaved client gets its response, and the plugin answers lightningd. */
async function expectNormal({ call, plugin }: PluginWithFakeNode): Promise<void> {
  const answer = await call('getinfo');
  expect([answer.status, answer.body]).toEqual([201, '{"id":"02aa"}']);
  expect((await plugin.lightningd.request('getmanifest')).result).toHaveProperty('options');
}

describe('the node', { timeout: 30_000 }, () => {
  test('node gone: callers get 502, and nothing has run', async () => {
    const fixture = await startPluginWithFakeNode();
    await expectNormal(fixture);
    await fixture.node.stop();
    for (const method of ['getinfo', 'pay']) {
      const answer = await fixture.call(method);
      expect([answer.status, answer.json()]).toMatchObject([
        502,
        { code: -32000, message: 'The node cannot be reached' },
      ]);
    }
    expect(fixture.node.paramsOf('pay')).toEqual([]);
    expect((await fixture.plugin.lightningd.request('getmanifest')).result).toBeDefined();
  });

  test('node back: callers are served again', async () => {
    const fixture = await startPluginWithFakeNode();
    await fixture.node.stop();
    expect((await fixture.call('getinfo')).status).toBe(502);
    await fixture.node.listen();
    await expectNormal(fixture);
  });

  test('node silent: others are served, and a caller that leaves frees what it used', async () => {
    const fixture = await startPluginWithFakeNode();
    fixture.node.on('waitanyinvoice', () => undefined);
    const client = await RawClient.connect(fixture.port);
    client.write(`POST /v1/waitanyinvoice HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\n\r\n`);
    const { socket } = await fixture.node.call('waitanyinvoice');
    await expectNormal(fixture);
    client.socket.destroy();
    await closed(socket);
    await expectNormal(fixture);
  });

  test('reply cut: the response is cut, so that it does not pass for a whole one', async () => {
    const fixture = await startPluginWithFakeNode();
    fixture.node.on('listinvoices', (request) => {
      request.begin(`{"invoices":["${'x'.repeat(MIB)}`);
      request.socket.once('drain', () => request.socket.destroy());
    });
    await expect(fixture.call('listinvoices')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    await expectNormal(fixture);
  });

  test('reply cut before the result: 502, and it is unknown whether the command ran', async () => {
    const fixture = await startPluginWithFakeNode();
    fixture.node.on('pay', ({ socket }) => socket.destroy());
    const answer = await fixture.call('pay');
    expect([answer.status, answer.body]).toEqual([
      502,
      expect.stringContaining('whether the command ran is unknown'),
    ]);
    // Nothing is sent to the node twice.
    expect(fixture.node.paramsOf('pay')).toHaveLength(1);
    await expectNormal(fixture);
  });

  test.each([
    ['text', 'nonsense'],
    ['a reply to another request', '{"jsonrpc":"2.0","id":"x","result":{}}'],
    ['a reply without a result', '{"jsonrpc":"2.0","id":"x"}'],
    ['brackets that do not match', '{"jsonrpc":"2.0","result":{]}'],
    ['bytes', '\0\xff\xfe'],
  ])('reply garbage: %s is 502', async (_what, text) => {
    const fixture = await startPluginWithFakeNode();
    fixture.node.on('listfunds', ({ socket }) => socket.write(text, 'latin1'));
    const answer = await fixture.call('listfunds');
    expect(answer.status).toBe(502);
    await expectNormal(fixture);
  });

  test('reply endless: it takes little memory, and ends with its caller', async () => {
    const fixture = await startPluginWithFakeNode();
    let sent = 0;
    fixture.node.on('listforwards', (request) => {
      const piece = `"${'x'.repeat(65_534)}",`;
      request.begin('{"forwards":[');
      const send = (): void => {
        while (!request.socket.destroyed && request.socket.write(piece)) sent += piece.length;
        sent += piece.length;
      };
      request.socket.on('drain', send);
      send();
    });
    await expectNormal(fixture);
    const before = fixture.memory();
    const client = await RawClient.connect(fixture.port);
    client.socket.removeAllListeners('data');
    const received = new Promise<void>((resolve) => {
      let bytes = 0;
      client.socket.on('data', (piece) => {
        bytes += piece.length;
        if (bytes > 200 * MIB) resolve();
      });
    });
    client.write(`POST /v1/listforwards HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\n\r\n`);
    await received;
    await expectNormal(fixture);
    expect(fixture.memory() - before).toBeLessThan(100 * MIB);
    // A caller that stops reading stops the node.
    client.socket.pause();
    await expect
      .poll(async () => {
        const earlier = sent;
        await expectNormal(fixture);
        return sent - earlier;
      })
      .toBe(0);
    const { socket } = await fixture.node.call('listforwards');
    client.socket.destroy();
    await closed(socket);
    await expectNormal(fixture);
  });
});
