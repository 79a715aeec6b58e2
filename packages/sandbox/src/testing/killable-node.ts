import { setTimeout as after } from 'node:timers/promises';
import { temporaryDirectory } from '@clnrest/testing';
import { buildProgram, runSandbox } from './sandbox-process.ts';
import { SocketClient } from './socket-client.ts';
import { WorldClient } from './world-client.ts';

/** A node in a process of its own, which can be killed and started again. */
export class KillableNode {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly directory = temporaryDirectory();
  #process!: Awaited<ReturnType<typeof runSandbox>>;
  client!: WorldClient;
  id = '';

  constructor(program: string, world: string) {
    this.#program = program;
    this.#args = [`--lightning-dir=${this.directory}`, `--dev-world=${world}`];
  }

  /** Starts nodes. @param world - the directory that they share */
  static async several(count: number, world = temporaryDirectory()): Promise<KillableNode[]> {
    const program = await buildProgram();
    const nodes = Array.from({ length: count }, () => new KillableNode(program, world));
    await Promise.all(nodes.map((node) => node.start()));
    return nodes;
  }

  async start(): Promise<void> {
    this.#process = await runSandbox(this.#program, this.#args);
    this.client = await this.connect();
    this.id = (await this.client.call<{ id: string }>('getinfo')).id;
  }

  async connect(): Promise<WorldClient> {
    return new WorldClient(await SocketClient.connect(this.#process.firstLine));
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }
}

/** Asks until the answer fulfils the condition. */
export async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await after(10);
  }
}
