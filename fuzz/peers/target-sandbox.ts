import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { freePort } from '@clnrest/testing';
import type { Values } from '../case.ts';
import { collectGarbage, enableGarbageCollection } from '../../test/support/collect-garbage.ts';
import type { NodeProcess } from '../../test/support/node-process.ts';
import { STARTED } from '../../test/support/node.ts';
import { descriptorsOf, isRunning, memoryOf } from '../../test/support/process-tree.ts';
import { startSandboxProcess } from '../../test/support/sandbox-node.ts';
import type { Target, Usage } from '../subject.ts';

/** Lines in the node's log that are a failure. */
const BAD_LINE = /\*\*BROKEN\*\*|uncaught|unhandled|heap out of memory/i;
/** A rune of another node. */
const FOREIGN = 'WyDb7h26QH6yRuaBDSSZpkh633Vypq-XyZ5gT4B10Rk9MSZtZXRob2Q9aW52b2ljZQ==';
const NAME = 'sandbox';

/** The ports of the sandbox, and the values of placeholders. */
export interface PeerDestination {
  readonly nodeId: string;
  readonly tcpPort: number;
  readonly webSocketPort: number;
  readonly values: Values;
}

/** A sandbox that accepts peers over TCP and WebSockets. */
export class TargetSandbox implements Target {
  readonly watched: ReadonlySet<string> = new Set([NAME]);
  readonly destination: PeerDestination;
  readonly #directories: readonly string[];
  readonly #start: () => Promise<NodeProcess>;
  #node: NodeProcess;
  #linesRead = 0;
  #failure: string | undefined;

  private constructor(
    node: NodeProcess,
    parts: {
      readonly directories: readonly string[];
      readonly destination: PeerDestination;
      readonly start: () => Promise<NodeProcess>;
    },
  ) {
    this.#node = node;
    this.#directories = parts.directories;
    this.destination = parts.destination;
    this.#start = parts.start;
  }

  static async start(): Promise<TargetSandbox> {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-fuzz-'));
    const lightningDir = await mkdtemp(join(tmpdir(), 'clnrest-node-'));
    await enableGarbageCollection(directory);
    const [tcpPort, webSocketPort] = [await freePort(), await freePort()];
    const options = [
      `--bind-addr=127.0.0.1:${tcpPort}`,
      `--bind-addr=ws:127.0.0.1:${webSocketPort}`,
    ];
    const start = async (): Promise<NodeProcess> => {
      const node = await startSandboxProcess(lightningDir, options);
      await node.process.line(STARTED);
      return node;
    };
    const node = await start();
    const rpc = new RpcClient({ socketPath: node.socketPath });
    const { id: nodeId } = await rpc.call('getinfo');
    const values = await prepare(rpc);
    await rpc.close();
    const destination = { nodeId, tcpPort, webSocketPort, values };
    const directories = [directory, lightningDir];
    const target = new TargetSandbox(node, { directories, destination, start });
    // The node must not outlive this process.
    process.once('exit', () => target.#kill());
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => process.exit(1));
    return target;
  }

  get pids(): readonly number[] {
    return [this.#node.process.child.pid ?? -1];
  }

  failure(): string | undefined {
    const { lines } = this.#node.process;
    for (; this.#linesRead < lines.length; this.#linesRead++) {
      const line = lines[this.#linesRead] ?? '';
      if (BAD_LINE.test(line)) this.#failure ??= line;
    }
    const [pid = -1] = this.pids;
    if (!isRunning(pid)) this.#failure ??= `the sandbox has ended: ${lines.slice(-5).join('\n')}`;
    return this.#failure;
  }

  async restart(): Promise<void> {
    this.#kill();
    await this.#node.process.exited;
    this.#node = await this.#start();
    this.#linesRead = 0;
    this.#failure = undefined;
  }

  async usage(): Promise<readonly Usage[]> {
    const [pid = -1] = this.pids;
    for (let round = 0; round < 2; round++) {
      collectGarbage(pid);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const memory = memoryOf(pid);
    const descriptors = descriptorsOf(pid);
    if (memory === undefined || descriptors === undefined) return [];
    return [{ pid, name: NAME, memory, descriptors }];
  }

  memory(): Map<number, number> {
    return new Map(this.pids.map((pid) => [pid, memoryOf(pid) ?? 0]));
  }

  async memoryAfterGc(pid: number): Promise<number> {
    collectGarbage(pid);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return memoryOf(pid) ?? 0;
  }

  async stop(): Promise<void> {
    await this.#node.stop();
    for (const directory of this.#directories) {
      await rm(directory, { recursive: true, force: true });
    }
  }

  #kill(): void {
    const { pid } = this.#node.process.child;
    if (pid !== undefined && isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
}

/** Creates runes, and invoices that make the result of `listinvoices` large. */
async function prepare(rpc: RpcClient): Promise<Values> {
  const create = async (...restrictions: readonly string[][]) =>
    rpc.call<{ rune: string; unique_id: string }>('createrune', { restrictions });
  const blacklisted = await create();
  await rpc.call('blacklistrune', [Number(blacklisted.unique_id)]);
  const description = 'd'.repeat(300_000);
  for (let label = 0; label < 4; label++) {
    await rpc.call('invoice', { amount_msat: 1, label, description, deschashonly: true });
  }
  // No case has this key: their secrets are small numbers.
  const other = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
  return {
    rune: (await create()).rune,
    narrow: (await create(['method=getinfo'])).rune,
    others: (await create([`id=${other}`])).rune,
    rated: (await create(['rate=1'])).rune,
    blacklisted: blacklisted.rune,
    foreign: FOREIGN,
  };
}
