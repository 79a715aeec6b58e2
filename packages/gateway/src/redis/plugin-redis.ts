import type { PluginNotification } from '@clnrest/lightningd';
import type { Log } from '../http/refusal-log.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import type { RedisSettings } from '../options/redis.ts';
import type { CloseReason } from '../processes/supervised-gateway.ts';
import { Feeder } from './feeder.ts';
import { type Loaded, RedisSource, type RedisSubscriber } from './redis-source.ts';
import { StoppingNode } from './stopping-node.ts';

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

/** Time to append the last notifications: lightningd gives plugins 30 s, and 1 s if it is gone. */
const APPEND_MS: Readonly<Record<CloseReason, number>> = { shutdown: 3_000, 'node gone': 700 };
/**
 * Time for other plugins of a node that stops. lightningd waits for them anyway, so this delays only a node with two plugins that
 * wait for each other.
 */
const OTHERS_MS = 5_000;
/** Many times as long as a command can still run after this process has ended. */
const QUIET_MS = 50;

/**
 * Redis for a plugin of the node: feeds the stream, and reads it for the subscribers of the plugin itself, if it serves any. So
 * they get the same ids and the same gaps as at all other gateways.
 */
export class PluginRedis {
  readonly #feeder: Feeder;
  readonly #tools: PluginRedisTools;
  readonly #node: StoppingNode;
  #source: RedisSource | undefined;

  constructor(tools: PluginRedisTools) {
    this.#tools = tools;
    const { settings, socketPath } = tools;
    this.#node = new StoppingNode(socketPath);
    this.#feeder = new Feeder({
      ...tools,
      redis: settings.address,
      ca: settings.ca,
      length: settings.length,
      nodeId: () => this.#node.id(),
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

  /**
   * Appends what is left, within a time. Before the end of the node, waits for the notifications of other plugins. If they or
   * commands can continue after this plugin, or if the node ends otherwise, subscribers get `missed`. Never rejects.
   */
  async close(reason: CloseReason): Promise<void> {
    const isComplete = reason === 'shutdown' && (await this.#hasEverything());
    await Promise.all([
      this.#feeder.close(APPEND_MS[reason], isComplete),
      this.#source?.close(),
      this.#node.close(),
    ]);
  }

  async #hasEverything(): Promise<boolean> {
    if (!this.#feeder.isOwner) return false;
    return (await this.#node.untilLast(OTHERS_MS)) && this.#feeder.isQuiet(QUIET_MS);
  }
}
