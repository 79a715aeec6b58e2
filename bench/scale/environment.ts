import { join } from 'node:path';
import { TestRedis } from '@clnrest/testing/redis';
import { startNodeWith, type TestNode } from '../../test/support/node.ts';
import { commandLine, descendants } from '../../test/support/process-tree.ts';
import type { TestProcess } from '../../test/support/process.ts';
import { CountingSocket } from './counting-socket.ts';
import { processorTime, processTree, redisCounts, type RedisCounts } from './counters.ts';
import type { Costs } from './figures.ts';

/** Sums since the start of the processes, at one time. */
interface Snapshot {
  readonly sums: Omit<Costs, 'redisBytes'>;
  readonly redis: RedisCounts;
}

/** A node whose plugin feeds Redis. */
export class Environment {
  readonly node: TestNode;
  readonly redis: TestRedis;
  /** The node's socket for gateways, which counts what they send and receive. */
  readonly socket: CountingSocket;
  /** The gateways that run. */
  readonly gateways = new Set<TestProcess>();
  readonly #nodePid: number;
  readonly #feederPids: readonly number[];
  readonly #ends: readonly (() => void | Promise<void>)[];

  private constructor(
    parts: Pick<Environment, 'node' | 'redis' | 'socket'>,
    ends: readonly (() => void | Promise<void>)[],
  ) {
    this.node = parts.node;
    this.redis = parts.redis;
    this.socket = parts.socket;
    this.#ends = ends;
    const { lightningDir } = parts.node;
    this.#nodePid = processWith(process.pid, (word) => word === `--lightning-dir=${lightningDir}`);
    const feeder = processWith(this.#nodePid, (word) => word.endsWith('/dist/rest'));
    this.#feederPids = processTree(feeder);
  }

  static async start(): Promise<Environment> {
    const ends: (() => void | Promise<void>)[] = [];
    try {
      const redis = await TestRedis.startFor((end) => ends.unshift(end));
      const node = await startNodeWith(
        { plugin: 'none', ready: /notifications go to Redis/ },
        `--plugin=${join(process.cwd(), 'dist/rest')}`,
        `--rest-redis=${redis.url}`,
      );
      ends.unshift(() => node.stop());
      const directory = join(node.lightningDir, 'regtest');
      const target = join(directory, 'lightning-rpc');
      const socket = await CountingSocket.listen(join(directory, 'counted-rpc'), target);
      ends.unshift(() => socket.close());
      return new Environment({ node, redis, socket }, ends);
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  /** Reads all counters. */
  async snapshot(gateways: readonly number[]): Promise<Snapshot> {
    const redis = await redisCounts(this.redis.port);
    const { commands, bytes: socketBytes } = this.socket;
    const sums = {
      node: processorTime([this.#nodePid]),
      feeder: processorTime(this.#feederPids),
      gateways: processorTime(gateways),
      redis: processorTime([redis.pid]),
      redisCommands: redis.commands,
      commands,
      socketBytes,
    };
    return { sums, redis };
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    await Promise.all([...this.gateways].map((gateway) => gateway.stop()));
    for (const end of this.#ends) await end();
  }
}

/** What was used between two snapshots. */
export function costsBetween(before: Snapshot, after: Snapshot): Costs {
  const difference = (name: keyof Snapshot['sums']): number => after.sums[name] - before.sums[name];
  return {
    node: difference('node'),
    feeder: difference('feeder'),
    gateways: difference('gateways'),
    redis: difference('redis'),
    redisBytes: after.redis.sent - before.redis.sent - before.redis.reply,
    redisCommands: difference('redisCommands') - 2,
    commands: difference('commands'),
    socketBytes: difference('socketBytes'),
  };
}

/** Subtracts `factor` times the other costs, and divides. */
export function scaled(costs: Costs, other: Costs, factor: number, divisor: number): Costs {
  const each = (name: keyof Costs): number => (costs[name] - factor * other[name]) / divisor;
  return {
    node: each('node'),
    feeder: each('feeder'),
    gateways: each('gateways'),
    redis: each('redis'),
    redisBytes: each('redisBytes'),
    redisCommands: each('redisCommands'),
    commands: each('commands'),
    socketBytes: each('socketBytes'),
  };
}

function processWith(parent: number, isWanted: (word: string) => boolean): number {
  const pid = descendants(parent).find((child) => commandLine(child).some(isWanted));
  if (pid === undefined) throw new Error('a process of the node is missing');
  return pid;
}
