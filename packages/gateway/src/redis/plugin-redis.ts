import { RpcClient } from '@clnrest/lightningd';
import type { PluginNotification } from '@clnrest/lightningd';
import type { Log } from '../http/refusal-log.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import { LIMITS } from '../limits.ts';
import type { RedisSettings } from '../options/redis.ts';
import { Feeder } from './feeder.ts';
import { type Loaded, RedisSource, type RedisSubscriber } from './redis-source.ts';

/** Dependencies and settings of a {@link PluginRedis}. */
export interface PluginRedisTools {
  readonly settings: RedisSettings;
  /** The node's socket. */
  readonly socketPath: string;
  /** Whether the node has started with this plugin. */
  readonly startsWithNode: boolean;
  readonly isAnnounced: boolean;
  readonly pathsVersion: () => number;
  readonly log: Log;
}

/**
 * Redis for a plugin of the node: feeds the stream, and reads it for the subscribers of the plugin itself, if it serves any. So
 * they get the same ids and the same gaps as at all other gateways.
 */
export class PluginRedis {
  readonly #feeder: Feeder;
  readonly #tools: PluginRedisTools;
  #source: RedisSource | undefined;

  constructor(tools: PluginRedisTools) {
    this.#tools = tools;
    const { settings, socketPath } = tools;
    this.#feeder = new Feeder({
      ...tools,
      redis: settings.address,
      ca: settings.ca,
      length: settings.length,
      nodeId: () => idOfNode(socketPath),
    });
  }

  /** Loads the newest events, for a gateway that starts. Call `attach` when it has started. */
  load(): Promise<Loaded | undefined> {
    const { settings, log } = this.#tools;
    const { address: redis, ca } = settings;
    // The plugin learns of revocations from the node, so it needs no lease.
    this.#source = new RedisSource({ redis, ca, log, needsLeases: false });
    return this.#source.load(this.#feeder.nodeId);
  }

  /** Passes further events on. */
  attach(gateway: RedisSubscriber): void {
    this.#source?.attach(gateway);
  }

  notify(notification: PluginNotification): void {
    this.#feeder.notify(notification);
  }

  announceRevocation(range: RevocationRange): Promise<void> {
    return this.#feeder.announceRevocation(range);
  }

  revocationPassed(): void {
    this.#feeder.revocationPassed();
  }

  /** Appends what is left, within a time. Never rejects. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all([this.#feeder.close(timeoutMs), this.#source?.close()]);
  }
}

async function idOfNode(socketPath: string): Promise<string> {
  const node = new RpcClient({ socketPath, maxConnections: 1 });
  try {
    return (await node.call('getinfo', {}, { timeoutMs: LIMITS.nodeMs })).id;
  } finally {
    await node.close();
  }
}
