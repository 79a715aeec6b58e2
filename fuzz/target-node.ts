import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builds } from '@clnrest/gateway/builds';
import { freePort } from '@clnrest/testing';
import { collectGarbage, enableGarbageCollection } from '../test/support/collect-garbage.ts';
import { startNodeWith, type TestNode } from '../test/support/node.ts';
import {
  commandLine,
  descendants,
  descriptorsOf,
  isRunning,
  memoryOf,
} from '../test/support/process-tree.ts';
import { pluginFile } from '../test/support/under-test.ts';
import type { Destination } from './client.ts';
import type { Target, Usage } from './subject.ts';

/** Lines in the node's log that are a failure. */
const BAD_LINE = /\*\*BROKEN\*\*|uncaught|unhandled|Killing plugin|heap out of memory/i;
/** A rune of another node. */
const FOREIGN = 'WyDb7h26QH6yRuaBDSSZpkh633Vypq-XyZ5gT4B10Rk9MSZtZXRob2Q9aW52b2ljZQ==';

/** The process names of both builds. */
const GATEWAYS: ReadonlySet<string> = new Set(['rest', 'clnrest']);

/** A node with both builds of the plugin: one serves HTTP, the other HTTPS. */
export class TargetNode implements Target {
  /** The node keeps all invoices that clients create. */
  readonly watched = GATEWAYS;
  readonly node: TestNode;
  readonly destination: Destination;
  readonly #directory: string;
  readonly #nodePid: number;
  #pids: readonly number[] = [];
  #linesRead = 0;
  #failure: string | undefined;

  private constructor(
    node: TestNode,
    parts: { directory: string; nodePid: number; destination: Destination },
  ) {
    this.node = node;
    this.destination = parts.destination;
    this.#directory = parts.directory;
    this.#nodePid = parts.nodePid;
  }

  static async start(): Promise<TargetNode> {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-fuzz-'));
    await enableGarbageCollection(directory);
    const before = new Set(descendants(process.pid));
    const httpsPort = await freePort();
    const node = await startNodeWith(
      { build: builds.rest },
      '--rest-protocol=http',
      `--plugin=${pluginFile(builds.clnrest)}`,
      `--clnrest-port=${httpsPort}`,
      '--clnrest-protocol=https',
    );
    await node.logged(/plugin-clnrest: REST server running/);
    const blacklisted = await node.rpc.call<{ rune: string; unique_id: string }>('createrune');
    await node.rpc.call('blacklistrune', [Number(blacklisted.unique_id)]);
    const values = {
      rune: await node.rune(),
      narrow: await node.rune(['method=getinfo']),
      readonly: await node.rune(['method^list', 'method^get'], ['method/listdatastore']),
      blacklisted: blacklisted.rune,
      foreign: FOREIGN,
      sid: 'unknown',
    };
    const httpPort = Number(new URL(node.url).port);
    const nodePid = descendants(process.pid).find((pid) => isNode(pid) && !before.has(pid));
    if (nodePid === undefined) throw new Error('the sandbox has no process');
    const destination = { httpPort, httpsPort, values };
    const target = new TargetNode(node, { directory, nodePid, destination });
    await target.#registerPaths();
    target.#resetFailure();
    // The node must not outlive this process.
    process.once('exit', () => target.#killAll());
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => process.exit(1));
    return target;
  }

  /** The server processes: the node and its plugins. */
  get pids(): readonly number[] {
    return [this.#nodePid, ...this.#pids];
  }

  /** Returns the first failure since the start: a line in the log, or a process that ended. */
  failure(): string | undefined {
    for (; this.#linesRead < this.node.log.length; this.#linesRead++) {
      const line = this.node.log[this.#linesRead] ?? '';
      if (BAD_LINE.test(line)) this.#failure ??= line;
    }
    const gone = this.#pids.find((pid) => !isRunning(pid));
    if (gone !== undefined) this.#failure ??= `process ${gone} has ended`;
    return this.#failure;
  }

  /** Kills the plugins and starts them again. */
  async restart(): Promise<void> {
    for (const name of ['rest', 'clnrest'] as const) await this.#stopPlugin(name);
    const { httpPort, httpsPort } = this.destination;
    await this.#startPlugin('rest', httpPort, 'http');
    await this.#startPlugin('clnrest', httpsPort, 'https');
    await this.#registerPaths();
    this.#resetFailure();
  }

  /** Stops a plugin as an operator does, and starts it again. */
  async restartPlugin(name: 'rest' | 'clnrest'): Promise<void> {
    const { httpPort, httpsPort } = this.destination;
    await this.node.rpc.call('plugin', { subcommand: 'stop', plugin: pluginFile(builds[name]) });
    if (name === 'rest') await this.#startPlugin(name, httpPort, 'http');
    else await this.#startPlugin(name, httpsPort, 'https');
    this.#pids = this.#pluginPids();
  }

  /** Returns the HTTP process of a plugin. */
  httpPid(name: 'rest' | 'clnrest'): number | undefined {
    const own = descendants(this.#nodePid).filter((pid) => nameOf(pid) === name);
    const children = own.flatMap((pid) => descendants(pid));
    return children.find((pid) => (descriptorsOf(pid)?.tcp ?? 0) > 0);
  }

  /** Returns the usage of the node and the plugin processes after garbage collection. */
  async usage(): Promise<Usage[]> {
    const pids = [this.#nodePid, ...this.#pluginPids()];
    for (let round = 0; round < 2; round++) {
      for (const pid of pids) collectGarbage(pid);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return pids.flatMap((pid) => {
      const memory = memoryOf(pid);
      const descriptors = descriptorsOf(pid);
      if (memory === undefined || descriptors === undefined) return [];
      return [{ pid, name: nameOf(pid), memory, descriptors }];
    });
  }

  /** Returns the current memory of each plugin process, in bytes. */
  memory(): Map<number, number> {
    return new Map(this.#pids.map((pid) => [pid, memoryOf(pid) ?? 0]));
  }

  /** Returns the memory of one process after garbage collection, in bytes. */
  async memoryAfterGc(pid: number): Promise<number> {
    collectGarbage(pid);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return memoryOf(pid) ?? 0;
  }

  async stop(): Promise<void> {
    for (const pid of this.#pluginPids()) kill(pid);
    await this.node.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  #resetFailure(): void {
    this.#pids = this.#pluginPids();
    this.#linesRead = this.node.log.length;
    this.#failure = undefined;
  }

  #killAll(): void {
    for (const pid of [this.#nodePid, ...this.#pluginPids()]) kill(pid);
  }

  #pluginPids(): number[] {
    return descendants(this.#nodePid);
  }

  async #stopPlugin(name: 'rest' | 'clnrest'): Promise<void> {
    const pids = this.#pluginPids().filter((pid) => nameOf(pid) === name);
    for (const pid of [...pids, ...pids.flatMap((pid) => descendants(pid))]) kill(pid);
    // The node notices the end of a process a moment later.
    while (await this.#isListed(name)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async #isListed(name: string): Promise<boolean> {
    const { plugins } = await this.node.rpc.call<{ plugins: { name: string }[] }>('plugin', [
      'list',
    ]);
    return plugins.some((plugin) => plugin.name.endsWith(`/${name}`));
  }

  async #startPlugin(name: 'rest' | 'clnrest', port: number, protocol: string): Promise<void> {
    const from = this.node.log.length;
    await this.node.rpc.call('plugin', {
      subcommand: 'start',
      plugin: pluginFile(builds[name]),
      [`${name}-port`]: port,
      [`${name}-protocol`]: protocol,
    });
    await this.node.logged(new RegExp(`plugin-${name}: REST server running`), from);
  }

  async #registerPaths(): Promise<void> {
    for (const command of [builds.rest.registerPath, builds.clnrest.registerPath]) {
      await this.node.rpc.call<unknown>(command, ['fuzz/info', 'getinfo', 'GET', false]);
      await this.node.rpc.call<unknown>(command, ['fuzz/invoice/{label}', 'listinvoices', 'GET']);
      await this.node.rpc.call<unknown>(command, ['fuzz/sign/{message}', 'signmessage', 'PUT']);
    }
  }
}

function isNode(pid: number): boolean {
  return commandLine(pid).includes('sandbox');
}

function nameOf(pid: number): string {
  const words = commandLine(pid);
  if (words.includes('sandbox')) return 'node';
  const file = words.find((word) => /\/(cln)?rest$/.test(word));
  return file === undefined ? (words[0] ?? '?') : (file.split('/').at(-1) ?? '');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
