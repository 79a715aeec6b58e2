import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask, RawClient } from '@clnrest/testing/http-client';
import { initialise } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { BUILD, pluginFile, quoted, wrapper } from '../support/under-test.ts';
import { EventStream } from './event-stream.ts';
import { httpPidOf, stateOf } from './plugin-state.ts';
import { needsProc, PluginWithFakeNode } from './plugin-with-fake-node.ts';

needsProc();

/** Listens on a port until the returned function is called. */
async function takePort(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const release = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  onTestFinished(release);
  return release;
}

/** The same as soon as a process has released the port, which it does after it has been killed. */
async function takePortSoon(port: number): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await takePort(port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await delay(5);
    }
  }
}

/** Starts a plugin of this file on a node, and returns its response to `init`. */
async function startOn(node: FakeNode, file: string, port: number) {
  const plugin = startPlugin(file, { cwd: node.directory });
  const { init } = await initialise(plugin, node.directory, { [`${BUILD.prefix}-port`]: port });
  return { plugin, init };
}

/** Calls a command over HTTPS with the node's own authority. */
async function statusOverTls(node: FakeNode, port: number): Promise<number> {
  const ca = readFileSync(join(certificatesOf(node), 'ca.pem'), 'utf8');
  const headers = { rune: RUNE };
  const url = `https://127.0.0.1:${port}/v1/getinfo`;
  return (await ask(url, { method: 'POST', headers, ca })).status;
}

function certificatesOf(node: FakeNode): string {
  return join(node.directory, BUILD.certificates);
}

describe('disk full', { timeout: 60_000 }, () => {
  /** The plugin, where no file can get a byte. */
  function withoutRoom(node: FakeNode): Promise<string> {
    const run = `trap '' XFSZ; ulimit -f 0; exec ${quoted(pluginFile(BUILD))} "$@"`;
    return wrapper(join(node.directory, 'without-room'), BUILD, run);
  }

  test('without certificates, the plugin disables itself with the reason and leaves no file', async () => {
    const node = await FakeNode.start({ getinfo: (request) => request.result('{"id":"02aa"}') });
    const port = await freePort();
    const { init, plugin } = await startOn(node, await withoutRoom(node), port);
    expect(init.result?.['disable']).toMatch(/`\w+-certs` .* cannot be used: .*(EFBIG|ENOSPC)/);
    expect(readdirSync(certificatesOf(node))).toEqual([]);
    await plugin.end();
    // There is room again.
    const second = await startOn(node, pluginFile(BUILD), port);
    expect(second.init.result).toEqual({});
    expect(await statusOverTls(node, port)).toBe(201);
  });

  test('with certificates, the plugin serves, and its HTTP process restarts', async () => {
    const node = await FakeNode.start({ getinfo: (request) => request.result('{"id":"02aa"}') });
    const port = await freePort();
    const first = await startOn(node, pluginFile(BUILD), port);
    await first.plugin.end();
    const { init, plugin } = await startOn(node, await withoutRoom(node), port);
    expect(init.result).toEqual({});
    expect(await statusOverTls(node, port)).toBe(201);
    process.kill(stateOf(plugin.pid ?? 0).httpPid, 'SIGKILL');
    await plugin.lightningd.logLine('info REST server running again');
    expect(await statusOverTls(node, port)).toBe(201);
  });
});

describe('port taken', { timeout: 60_000 }, () => {
  test('at the start: the plugin disables itself with the reason', async () => {
    const node = await FakeNode.start();
    const port = await freePort();
    await takePort(port);
    const { init, plugin } = await startOn(node, pluginFile(BUILD), port);
    expect(init.result?.['disable']).toMatch(
      new RegExp(`-port\` ${port}, .* Another program listens on it at 127\\.0\\.0\\.1`),
    );
    expect(await plugin.end()).toBe(0);
  });

  test('when the HTTP process restarts: the plugin retries until the port is free', async () => {
    const plugin = await PluginWithFakeNode.start();
    const { pluginPid, httpPid } = plugin.state;
    // The plugin process sees the end of the HTTP process only when the port is taken.
    process.kill(pluginPid, 'SIGSTOP');
    process.kill(httpPid, 'SIGKILL');
    const release = await takePortSoon(plugin.port);
    process.kill(pluginPid, 'SIGCONT');
    const { lightningd } = plugin.plugin;
    const isFailure = (text: string): boolean => text.includes('Another program listens on it');
    await lightningd.frame(({ params }) => isFailure(String(params?.['message'])));
    expect((await lightningd.request('getmanifest')).result).toBeDefined();
    await release();
    await lightningd.logLine('info REST server running again');
    await plugin.expectNormal();
  });
});

describe('clock set back', { timeout: 60_000 }, () => {
  test('by a day: callers and subscribers notice nothing, and the HTTP process restarts', async () => {
    const plugin = await PluginWithFakeNode.start();
    const { pluginPid, httpPid } = plugin.state;
    const { lightningd } = plugin.plugin;
    const before = await EventStream.open(plugin.url, RUNE, 'tick');
    lightningd.notify('tick', { tick: { n: 0 } });
    await before.event(/"n":0/);
    plugin.preload.setClockBack(pluginPid, httpPid);
    const hasYesterday = async (): Promise<boolean> => {
      const client = await RawClient.connect(plugin.port);
      client.write('no request\r\n\r\n');
      const date = /^Date: (.*)\r$/m.exec(await client.all())?.[1] ?? '';
      return Date.now() - Date.parse(date) > 80_000_000;
    };
    await expect.poll(hasYesterday, { timeout: 10_000 }).toBe(true);
    await plugin.expectNormal();
    lightningd.notify('tick', { tick: { n: 1 } });
    await before.event(/"n":1/);
    process.kill(httpPid, 'SIGKILL');
    await before.end();
    lightningd.notify('tick', { tick: { n: 2 } });
    await lightningd.logLine('info REST server running again');
    expect(httpPidOf(pluginPid)).not.toBe(httpPid);
    const after = await EventStream.open(plugin.url, RUNE, 'tick', before.lastId);
    await after.event(/"n":2/);
    expect(after.events.join()).not.toMatch(/missed|"n":[01]/);
    await plugin.expectNormal();
  });
});
