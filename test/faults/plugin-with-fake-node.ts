import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import type { Build } from '@clnrest/gateway/builds';
import { FakeNode } from '@clnrest/testing/fake-node';
import { type Answer, ask } from '@clnrest/testing/http-client';
import { freePort, RUNE } from '@clnrest/testing';
import { initialise, launchPlugin, type PluginProcess } from '../support/plugin-process.ts';
import { BUILD, pluginFile } from '../support/under-test.ts';
import { WellBehavedClient } from './well-behaved-client.ts';
import { expectNothingLeft, type PluginState, stateOf } from './plugin-state.ts';
import { Preload } from './preload.ts';

/** A rune that does not share its limits with {@link RUNE}: it has another unique id. */
const WELL_BEHAVED_RUNE = Buffer.from(`${'\0'.repeat(32)}=1`).toString('base64');

/** How a plugin runs. */
interface Settings {
  readonly build?: Build;
  readonly shortLimits?: boolean;
}

type AtEnd = (stop: () => Promise<void>) => void;

/** The built plugin, as lightningd runs it, over a node that does what a test needs. */
export class PluginWithFakeNode {
  readonly node: FakeNode;
  readonly plugin: PluginProcess;
  readonly preload: Preload;
  readonly port: number;
  readonly url: string;
  readonly wellBehavedClient: WellBehavedClient;

  private constructor(node: FakeNode, plugin: PluginProcess, preload: Preload, port: number) {
    this.node = node;
    this.plugin = plugin;
    this.preload = preload;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.wellBehavedClient = new WellBehavedClient(this.url, WELL_BEHAVED_RUNE);
  }

  /** Starts the plugin over plain HTTP on a free port. It ends with the test, or when `atEnd` calls its function. */
  static async start(
    { build = BUILD, ...settings }: Settings = {},
    atEnd: AtEnd = onTestFinished,
  ): Promise<PluginWithFakeNode> {
    const node = await FakeNode.start({}, atEnd);
    node.on('getinfo', (request) => request.result('{"id":"02aa"}'));
    node.on('help', (request) => request.result('{"help":[{"command":"getinfo "}]}'));
    const preload = new Preload(node.directory, settings);
    const plugin = launchPlugin(pluginFile(build), { cwd: node.directory, env: preload.env });
    atEnd(() => plugin.kill());
    const port = await freePort();
    const { init } = await initialise(plugin, node.directory, {
      [`${build.prefix}-port`]: port,
      [`${build.prefix}-protocol`]: 'http',
    });
    expect(init.result).toEqual({});
    const fixture = new PluginWithFakeNode(node, plugin, preload, port);
    atEnd(async () => fixture.wellBehavedClient.leave());
    await fixture.expectNormal();
    return fixture;
  }

  get state(): PluginState {
    if (this.plugin.pid === undefined) throw new Error('the plugin was not started');
    return stateOf(this.plugin.pid);
  }

  /** Calls a command on a connection of its own. Rejects if the response is cut. */
  call(method: string, body?: string, rune = RUNE): Promise<Answer> {
    const headers = { rune, 'content-type': 'application/json' };
    return ask(`${this.url}/v1/${method}`, {
      method: 'POST',
      headers,
      ...(body !== undefined && { body }),
    });
  }

  /** The request to call a command, as text. */
  request(method: string, ...headers: readonly string[]): string {
    const lines = [`POST /v1/${method} HTTP/1.1`, 'Host: x', `Rune: ${RUNE}`, ...headers];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }

  /** Clients with kept and with new connections get their responses, and the plugin answers lightningd. */
  async expectNormal(): Promise<void> {
    const kept = await this.wellBehavedClient.call('getinfo');
    const fresh = await this.call('getinfo', undefined, WELL_BEHAVED_RUNE);
    for (const answer of [kept, fresh]) {
      expect([answer.status, answer.body]).toEqual([201, '{"id":"02aa"}']);
    }
    const { result } = await this.plugin.lightningd.request('getmanifest');
    expect(result).toHaveProperty('options');
  }

  /** The service is as before, by the same processes, and nothing is left. */
  async expectRecovered(before: PluginState): Promise<void> {
    await this.expectNormal();
    await expectNothingLeft(before);
  }
}

/** Starts one plugin for those tests of a file that end with {@link PluginWithFakeNode.expectRecovered}. */
export function usePluginWithFakeNode(): () => PluginWithFakeNode {
  let plugin: PluginWithFakeNode | undefined;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    plugin = await PluginWithFakeNode.start({}, (stop) => void stops.unshift(stop));
  });
  beforeEach(() => {
    if (plugin !== undefined) plugin.node.calls.length = 0;
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });
  return () => {
    if (plugin === undefined) throw new Error('the plugin is not running');
    return plugin;
  };
}

/** Skips a file's tests where there is no `/proc`. */
export function needsProc(): void {
  beforeEach((context) => {
    if (process.platform !== 'linux')
      context.skip('processes are measured in /proc, on Linux only');
  });
}
