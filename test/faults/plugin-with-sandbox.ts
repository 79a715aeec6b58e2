import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { onTestFinished } from 'vitest';
import { freePort } from '@clnrest/testing';
import type { TestProcess } from '../support/process.ts';
import { pluginProcesses } from '../support/plugin-processes.ts';
import { startSandboxProcess } from '../support/sandbox-node.ts';
import { BUILD, pluginFile, quoted, spelledFor, wrapper } from '../support/under-test.ts';
import { WellBehavedClient } from './well-behaved-client.ts';
import { type PluginState, stateOf } from './plugin-state.ts';
import { Preload } from './preload.ts';

/** How a sandbox runs the plugin. */
export interface SandboxSettings {
  readonly shortLimits?: boolean;
  /** With this, the node ends if the plugin does. */
  readonly isImportant?: boolean;
}

/** The directory of a node that may be started several times, with the same plugin at the same address. */
export class SandboxHome {
  readonly directory: string;
  readonly url: string;
  /** The plugin's file. */
  readonly plugin: string;
  readonly #options: readonly string[];

  private constructor(directory: string, plugin: string, port: number, isImportant: boolean) {
    this.directory = directory;
    this.plugin = plugin;
    this.url = `http://127.0.0.1:${port}`;
    this.#options = [
      `--${isImportant ? 'important-plugin' : 'plugin'}=${plugin}`,
      spelledFor(BUILD, `--rest-port=${port}`),
      spelledFor(BUILD, '--rest-protocol=http'),
    ];
  }

  static async make(settings: SandboxSettings = {}): Promise<SandboxHome> {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-faults-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const { env } = new Preload(directory, settings);
    const assignments = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
    const text = `${assignments.join(' ')} exec ${quoted(pluginFile(BUILD))} "$@"`;
    const plugin = await wrapper(join(directory, 'plugin'), BUILD, text);
    return new SandboxHome(directory, plugin, await freePort(), settings.isImportant === true);
  }

  /** Starts the node, and waits until the plugin serves. */
  async start(): Promise<PluginWithSandbox> {
    const node = await startSandboxProcess(this.directory, this.#options);
    onTestFinished(() => node.stop());
    await node.process.line(/REST server running at/);
    const rpc = new RpcClient({ socketPath: node.socketPath });
    onTestFinished(() => rpc.close());
    const { rune } = await rpc.call<{ rune: string }>('createrune');
    return new PluginWithSandbox(this, node.process, rpc, rune);
  }
}

/** A sandbox node that runs the built plugin: three processes, and the guard. */
export class PluginWithSandbox {
  readonly home: SandboxHome;
  readonly process: TestProcess;
  readonly rpc: RpcClient;
  readonly rune: string;
  readonly url: string;
  readonly wellBehavedClient: WellBehavedClient;

  constructor(home: SandboxHome, process: TestProcess, rpc: RpcClient, rune: string) {
    this.home = home;
    this.process = process;
    this.rpc = rpc;
    this.rune = rune;
    this.url = home.url;
    this.wellBehavedClient = WellBehavedClient.ofTest(home.url, rune);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The number of the node's process. */
  get nodePid(): number {
    const { pid } = this.process.child;
    if (pid === undefined) throw new Error('the node was not started');
    return pid;
  }

  get state(): PluginState {
    const { pluginPid } = pluginProcesses({ lightningDir: this.home.directory });
    if (pluginPid === undefined) throw new Error('no plugin runs');
    return stateOf(pluginPid);
  }

  /** The request to call a command, as text. */
  request(method: string, body: string, ...headers: readonly string[]): string {
    const lines = [
      `POST /v1/${method} HTTP/1.1`,
      'Host: x',
      `Rune: ${this.rune}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      ...headers,
    ];
    return `${lines.join('\r\n')}\r\n\r\n${body}`;
  }
}
