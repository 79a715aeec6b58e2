import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { CommandRegistry } from '../commands/registry.ts';
import { systemClock } from '../clock.ts';
import { LogBook } from '../log/log-book.ts';
import { Notifier } from '../notifications/notifier.ts';
import { OptionRegistry } from '../options/registry.ts';
import type { SandboxError } from '../sandbox-error.ts';
import { type TestPlugin, writePlugin } from '../testing/test-plugin.ts';
import { PluginHost } from './plugin-host.ts';

/** A host with short timeouts. */
async function shortHost() {
  const lines: string[] = [];
  const fatal: SandboxError[] = [];
  const logBook = new LogBook(systemClock());
  logBook.onEntry(({ source, message }) => lines.push(`${source}: ${message}`));
  const host = new PluginHost({
    configuration: {
      directory: temporaryDirectory(),
      rpcFile: 'lightning-rpc',
      network: 'regtest',
    },
    bundled: [],
    environment: process.env,
    developer: false,
    allowDeprecated: true,
    logBook,
    registries: {
      options: new OptionRegistry([], []),
      commands: new CommandRegistry([]),
      notifier: new Notifier(),
    },
    onFatal: (error) => fatal.push(error),
    timeouts: { startup: 1500, shutdown: 500, inputEnd: 300 },
  });
  onTestFinished(() => host.shutdown());
  return { host, lines, fatal };
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function running(plugin: TestPlugin) {
  const { path, notes, waitForNote } = await writePlugin(plugin);
  const short = await shortHost();
  await short.host.startAll([{ path, important: false }]);
  await short.host.initialiseAll();
  const pid = short.host.list()[0]?.process.pid;
  return { ...short, path, notes, waitForNote, pid };
}

const STUBBORN: TestPlugin = {
  manifest: { subscriptions: ['shutdown'] },
  body: "on('shutdown', () => undefined); process.stdin.removeAllListeners('end'); setInterval(() => undefined, 1000);",
};

describe('with the node', () => {
  test('a plugin that subscribes to shutdown is notified, and exits', async () => {
    const { host, waitForNote, pid, lines } = await running({
      manifest: { subscriptions: ['*'] },
      body: "on('shutdown', (params) => { note({ notified: params }); process.exit(0); });",
    });
    await host.shutdown();
    expect(await waitForNote((note) => 'notified' in (note as object))).toEqual({
      notified: { shutdown: {} },
    });
    expect(isAlive(pid)).toBe(false);
    expect(lines.at(-1)).toBe('plugin-test-plugin: Killing plugin: exited during normal operation');
  });

  test('another one gets the end of its input', async () => {
    const { host, waitForNote, pid } = await running({
      body: "process.stdin.prependListener('end', () => note('ended'));",
    });
    await host.shutdown();
    expect(await waitForNote((note) => note === 'ended')).toBe('ended');
    expect(isAlive(pid)).toBe(false);
  });

  test('one that ignores the end of its input is killed', async () => {
    const { host, pid, lines } = await running(STUBBORN);
    await host.shutdown();
    expect(isAlive(pid)).toBe(false);
    expect(lines).toContain('lightningd: test-plugin: failed to self-terminate in time, killing.');
  });

  test('one that is still starting also stops', async () => {
    const { path } = await writePlugin({ body: "on('getmanifest', () => undefined);" });
    const { host } = await shortHost();
    const started = host.startAll([{ path, important: false }]);
    const pid = host.list()[0]?.process.pid;
    await host.shutdown();
    await started;
    expect(isAlive(pid)).toBe(false);
  });
});

describe('with plugin stop', () => {
  test('a plugin that ignores shutdown is killed', async () => {
    const { host, pid, lines } = await running(STUBBORN);
    const [plugin] = host.list();
    if (plugin !== undefined) await host.stop(plugin);
    expect(isAlive(pid)).toBe(false);
    expect(lines).toContain('plugin-test-plugin: Timeout on shutdown: killing anyway');
    expect(host.list()).toEqual([]);
  });
});

describe('a plugin that never replies to', () => {
  test('getmanifest prevents the start', async () => {
    const { path } = await writePlugin({ body: "on('getmanifest', () => undefined);" });
    const { host, lines, fatal } = await shortHost();
    await host.startAll([{ path, important: false }]);
    expect(lines).toContain(
      'plugin-test-plugin: Killing plugin: timed out before replying to getmanifest',
    );
    expect(fatal.map(({ message }) => message)).toEqual([
      "Can't recover from plugin failure, terminating.",
    ]);
  });

  test('init after plugin start is killed', async () => {
    const { path } = await writePlugin({ body: "on('init', () => undefined);" });
    const { host, fatal } = await shortHost();
    await host.startAll([]);
    await host.initialiseAll();
    const fault = await host.start(path, [], '"c"');
    expect(fault?.message).toBe('timed out before replying to init');
    expect(fatal).toEqual([]);
  });
});
