import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { closed } from '@clnrest/testing';
import { RawClient } from '@clnrest/testing/http-client';
import { isRunning } from '../support/process-tree.ts';
import { until } from '../support/socket-count.ts';
import { EventStream } from './event-stream.ts';
import { WellBehavedClient } from './well-behaved-client.ts';
import { expectNothingLeft } from './plugin-state.ts';
import { needsProc, PluginWithFakeNode } from './plugin-with-fake-node.ts';
import { SandboxHome } from './plugin-with-sandbox.ts';

const AWAY = { code: -32000, message: 'The node cannot be reached' };

needsProc();

/** Whether something listens at an address. */
function accepts(url: string): Promise<boolean> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('node gone', { timeout: 60_000 }, () => {
  test('its socket: callers get 502, and so does a command that runs', async () => {
    const plugin = await PluginWithFakeNode.start();
    plugin.node.on('waitanyinvoice', () => undefined);
    const waiting = plugin.call('waitanyinvoice');
    await plugin.node.call('waitanyinvoice');
    await plugin.node.stop();
    const broken = await waiting;
    expect([broken.status, broken.json()]).toMatchObject([
      502,
      { code: -32000, message: expect.stringContaining('whether the command ran is unknown') },
    ]);
    for (const answer of [await plugin.call('pay'), await plugin.wellBehavedClient.call('pay')]) {
      expect([answer.status, answer.json()]).toMatchObject([502, AWAY]);
    }
    expect(plugin.node.paramsOf('pay')).toEqual([]);
    // What needs no node is served, and the plugin answers lightningd.
    expect(await plugin.wellBehavedClient.status('/runes')).toBe(200);
    expect((await plugin.plugin.lightningd.request('getmanifest')).result).toBeDefined();
  });

  test('stopped: a command that waits gets 503, and no process remains', async () => {
    const node = await (await SandboxHome.make()).start();
    const { pluginPid, httpPid } = node.state;
    await node.wellBehavedClient.call('getinfo');
    const { unix } = node.state;
    // One uses the connection that getinfo left, the other one another.
    const clients = [await RawClient.connect(node.port), await RawClient.connect(node.port)];
    for (const client of clients)
      client.write(node.request('waitanyinvoice', '{"lastpay_index":9}'));
    const stream = await EventStream.open(node.url, node.rune, 'invoice_creation');
    await until('the commands wait', () => node.state.unix > unix);
    await node.rpc.call('stop');
    for (const client of clients) {
      expect(await client.all()).toMatch(/^HTTP\/1\.1 503 [^]*"The gateway is stopping/);
    }
    await stream.end();
    await until('all are gone', () => ![pluginPid, httpPid, node.nodePid].some(isRunning));
    await expect(node.wellBehavedClient.call('getinfo')).rejects.toThrow('ECONNREFUSED');
  });
});

describe('node back', { timeout: 60_000 }, () => {
  test('its socket: callers are served again', async () => {
    const plugin = await PluginWithFakeNode.start();
    const before = plugin.state;
    await plugin.node.stop();
    expect((await plugin.call('getinfo')).status).toBe(502);
    await plugin.node.listen();
    await plugin.expectRecovered(before);
  });

  test('after kill -9: the same rune works at the same address, and subscribers receive `missed`', async () => {
    const home = await SandboxHome.make();
    const first = await home.start();
    const stream = await EventStream.open(first.url, first.rune, 'invoice_creation');
    await first.rpc.call('invoice', [1_000, 'before', 'd']);
    await stream.event(/"label":"before"/);
    await first.process.stop('SIGKILL');
    await stream.end();
    // Until the processes of the first plugin have ended, the second could not listen.
    await expect.poll(() => accepts(home.url), { timeout: 10_000 }).toBe(false);
    const second = await home.start();
    const resumed = await EventStream.open(home.url, first.rune, 'invoice_creation', stream.lastId);
    await resumed.event(/^event: missed$/m);
    const body = '{"amount_msat":1000,"label":"after","description":"d"}';
    expect((await first.wellBehavedClient.call('invoice', body)).status).toBe(201);
    await resumed.event(/"label":"after"/);
    const invoices = await second.wellBehavedClient.call('listinvoices');
    expect(invoices.body).toMatch(/"label":"before"[^]*"label":"after"/);
  });
});

describe('node silent', { timeout: 60_000 }, () => {
  test('in a command: the caller waits, others are served, and a disconnect releases its permits', async () => {
    const plugin = await PluginWithFakeNode.start();
    const before = plugin.state;
    plugin.node.on('waitanyinvoice', () => undefined);
    const client = await RawClient.connect(plugin.port);
    client.write(plugin.request('waitanyinvoice'));
    const { socket } = await plugin.node.call('waitanyinvoice');
    await plugin.expectNormal();
    client.socket.destroy();
    await closed(socket);
    await plugin.expectRecovered(before);
  });

  test('for all requests: callers get 504, and are served when the node responds again', async () => {
    const node = await (await SandboxHome.make({ shortLimits: true })).start();
    await node.wellBehavedClient.call('getinfo');
    const before = node.state;
    const other = WellBehavedClient.ofTest(node.url, node.rune);
    process.kill(node.nodePid, 'SIGSTOP');
    try {
      const first = await node.wellBehavedClient.call('getinfo');
      expect([first.status, first.body]).toEqual([
        504,
        expect.stringContaining('does not answer: whether the command ran is unknown'),
      ]);
      // From now on the gateway asks the node first.
      const second = await other.call(
        'invoice',
        '{"amount_msat":1,"label":"silent","description":"d"}',
      );
      expect([second.status, second.body]).toEqual([
        504,
        expect.stringMatching(/does not answer"/),
      ]);
      expect(await node.wellBehavedClient.status('/runes')).toBe(200);
    } finally {
      process.kill(node.nodePid, 'SIGCONT');
    }
    const invoices = await node.wellBehavedClient.call('listinvoices');
    expect([invoices.status, invoices.body]).toEqual([201, '{"invoices":[]}']);
    other.leave();
    await expectNothingLeft(before);
  });
});
