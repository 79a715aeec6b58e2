import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RawClient } from '@clnrest/testing/http-client';
import { commandLine, descendants, isRunning } from '../support/process-tree.ts';
import { until } from '../support/socket-count.ts';
import { BUILD } from '../support/under-test.ts';
import { EventStream } from './event-stream.ts';
import { expectNothingLeft, httpPidOf } from './plugin-state.ts';
import { needsProc } from './plugin-with-fake-node.ts';
import { type PluginWithSandbox, SandboxHome } from './plugin-with-sandbox.ts';

/** It takes some milliseconds; the rest is for a busy machine. */
const SECOND_MS = 1_000;

needsProc();

async function expectServed({ wellBehavedClient }: PluginWithSandbox): Promise<void> {
  expect((await wellBehavedClient.call('getinfo')).status).toBe(201);
}

/** Calls a command that waits in the node. */
async function startWaiting(node: PluginWithSandbox): Promise<RawClient> {
  await expectServed(node);
  const { unix } = node.state;
  // One may wait on the connection that getinfo left, the other one on another.
  const first = await RawClient.connect(node.port);
  const second = await RawClient.connect(node.port);
  for (const client of [first, second]) {
    client.write(node.request('waitanyinvoice', '{"lastpay_index":9}'));
    onTestFinished(() => void client.socket.destroy());
  }
  await until('the commands wait', () => node.state.unix > unix);
  return first;
}

/** The process outside of the HTTP process that ends it with the plugin process. */
function guardOf(pluginPid: number): number | undefined {
  return descendants(pluginPid).find((pid) => commandLine(pid).includes('guard'));
}

describe('kill -9', { timeout: 60_000 }, () => {
  test('of the HTTP process: another one serves, subscribers resume, the node continues', async () => {
    const node = await (await SandboxHome.make()).start();
    const client = await startWaiting(node);
    const stream = await EventStream.open(node.url, node.rune, 'invoice_creation');
    await node.rpc.call('invoice', [1_000, 'first', 'd']);
    await stream.event(/"label":"first"/);
    const { pluginPid, httpPid } = node.state;
    process.kill(httpPid, 'SIGKILL');
    expect(await client.all()).toBe('');
    await stream.end();
    await node.rpc.call('invoice', [1_000, 'second', 'd']);
    await node.process.line(/REST server running again at/);
    await expectServed(node);
    const resumed = await EventStream.open(node.url, node.rune, 'invoice_creation', stream.lastId);
    await resumed.event(/"label":"second"/);
    expect(resumed.events.join()).not.toMatch(/missed|"label":"first"/);
    expect(node.state.pluginPid).toBe(pluginPid);
    expect(node.process.lines.filter((line) => line.includes('BROKEN'))).toHaveLength(1);
  });

  test.each([
    ['of the plugin process', false],
    ['of the guard, and then of the plugin process', true],
  ])('%s: the HTTP process is gone in a second, and the node stays', async (_what, isGuardGone) => {
    const node = await (await SandboxHome.make()).start();
    const client = await startWaiting(node);
    const { pluginPid, httpPid } = node.state;
    const guard = guardOf(pluginPid);
    expect(guard).toBeDefined();
    if (isGuardGone && guard !== undefined) {
      process.kill(guard, 'SIGKILL');
      await expectServed(node);
    }
    process.kill(pluginPid, 'SIGKILL');
    await until('the HTTP process is gone', () => !isRunning(httpPid), SECOND_MS);
    expect(await client.all()).toBe('');
    expect(await node.rpc.call('getinfo')).toMatchObject({ network: 'regtest' });
    const lines = node.process.lines.length;
    await node.rpc.call('plugin', {
      subcommand: 'start',
      plugin: node.home.plugin,
      [`${BUILD.prefix}-port`]: node.port,
      [`${BUILD.prefix}-protocol`]: 'http',
    });
    await node.process.line(/REST server running at/, lines);
    await expectServed(node);
  });

  test('of the plugin process of an important plugin: the node stops, and no process remains', async () => {
    const node = await (await SandboxHome.make({ isImportant: true })).start();
    await expectServed(node);
    const { pluginPid, httpPid } = node.state;
    process.kill(pluginPid, 'SIGKILL');
    await until('the HTTP process is gone', () => !isRunning(httpPid), SECOND_MS);
    await node.process.exited;
    await expect(node.wellBehavedClient.call('getinfo')).rejects.toThrow('ECONNREFUSED');
  });

  test('of the node: the plugin exits within a second, and confirmed invoices exist after a restart', async () => {
    const home = await SandboxHome.make();
    const node = await home.start();
    const client = await startWaiting(node);
    const { pluginPid, httpPid } = node.state;
    const answered: string[] = [];
    const isDown = (async () => {
      for (let n = 0; ; n++) {
        const body = `{"amount_msat":1,"label":"${n}","description":"d"}`;
        const answer = await node.wellBehavedClient.call('invoice', body).catch(() => undefined);
        if (answer?.status !== 201) return;
        answered.push(String(n));
      }
    })();
    await until('invoices are made', () => answered.length > 5);
    process.kill(node.nodePid, 'SIGKILL');
    const isGone = (): boolean => !isRunning(pluginPid) && !isRunning(httpPid);
    await until('the plugin is gone', isGone, SECOND_MS);
    await isDown;
    await client.all();
    const second = await home.start();
    const { invoices } = await second.rpc.call<{ invoices: { label: string }[] }>('listinvoices');
    expect(invoices.map(({ label }) => label)).toEqual(expect.arrayContaining(answered));
    // The first rune is good as before.
    expect((await node.wellBehavedClient.call('getinfo')).status).toBe(201);
  });

  test('of a client in the middle of its requests: the gateway releases their permits', async () => {
    const node = await (await SandboxHome.make()).start();
    await expectServed(node);
    const before = node.state;
    const requests = [
      node.request('waitanyinvoice', '{"lastpay_index":9}'),
      node.request('getinfo', '{}').slice(0, -1),
      'POST /v1/getinfo HTTP/1.1\r\nHo',
    ];
    const program = `for (const text of ${JSON.stringify(requests)})
      require('net').connect(${node.port}, '127.0.0.1').write(text);`;
    const client = spawn(process.execPath, ['--eval', program], { stdio: 'ignore' });
    const gone = once(client, 'exit');
    onTestFinished(() => void client.kill('SIGKILL'));
    await until('all are connected', () => node.state.tcp >= before.tcp + requests.length);
    await expectServed(node);
    client.kill('SIGKILL');
    await gone;
    await expectServed(node);
    await expectNothingLeft(before);
    expect(httpPidOf(before.pluginPid)).toBe(before.httpPid);
  });
});
