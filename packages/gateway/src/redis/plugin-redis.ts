import { setTimeout as delay } from 'node:timers/promises';
import type { PluginNotification } from '@clnrest/lightningd';
import type { Log } from '../http/refusal-log.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import type { RedisSettings } from '../options/redis.ts';
import type { CloseReason } from '../processes/supervised-gateway.ts';
import { LIMITS } from '../limits.ts';
import { Feeder } from './feeder.ts';
import { type NodeFiles, readNodeFiles } from './node-files.ts';
import { recordNode } from './node-record.ts';
import { type Loaded, RedisSource, type RedisSubscriber } from './redis-source.ts';
import { StoppingNode } from './stopping-node.ts';

/** Dependencies and settings of a {@link PluginRedis}. */
export interface PluginRedisTools {
  readonly settings: RedisSettings;
  /** The node's directory, and its socket. */
  readonly lightningDir: string;
  readonly socketPath: string;
  /** Whether the node has started with this plugin. */
  readonly startsWithNode: boolean;
  /** The node's files at the start of this process. */
  readonly files: NodeFiles;
  /** A command of this plugin without parameters. */
  readonly ownCommand: string;
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
/** Time for questions to a node that stops. */
const RECORD_MS = 3_000;

/**
 * Redis for a plugin of the node: feeds the stream, and reads it for the subscribers of the plugin itself, if it serves any. So
 * they get the same ids and the same gaps as at all other gateways.
 */
export class PluginRedis {
  readonly #feeder: Feeder;
  readonly #tools: PluginRedisTools;
  readonly #node: StoppingNode;
  #source: RedisSource | undefined;
  #setInitialised: () => void = () => undefined;

  constructor(tools: PluginRedisTools) {
    this.#tools = tools;
    const { settings, socketPath } = tools;
    this.#node = new StoppingNode(socketPath);
    const initialised = new Promise<void>((resolve) => {
      this.#setInitialised = resolve;
    });
    this.#feeder = new Feeder({
      ...tools,
      redis: settings.address,
      ca: settings.ca,
      length: settings.length,
      nodeId: () => this.#node.id(),
      recordAtStart: tools.startsWithNode
        ? initialised.then(() => this.#record(tools.files, LIMITS.nodeMs))
        : Promise.resolve(''),
      // The node sends the call to this plugin after the notifications.
      caughtUp: () =>
        this.#node.connection.callText(tools.ownCommand, {}, { timeoutMs: LIMITS.nodeMs }),
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

  /** Call it when the result of `init` has been written: from then on, the node sends notifications to this plugin. */
  initialised(): void {
    this.#setInitialised();
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
   * commands can continue after this plugin, or if the node ends otherwise, subscribers get `missed`.
   *
   * @param gatewayClosed the end of the plugin's own gateway, if it has one. Never rejects.
   */
  async close(reason: CloseReason, gatewayClosed: Promise<void> | undefined): Promise<void> {
    const record = reason === 'shutdown' ? await this.#finalRecord(gatewayClosed) : '';
    await Promise.all([this.#feeder.close(APPEND_MS[reason], record), this.#closeOthers()]);
  }

  /** Describes the node when nothing is left to come; empty if that is not known. */
  async #finalRecord(gatewayClosed: Promise<void> | undefined): Promise<string> {
    if (!this.#feeder.isOwner || !(await this.#node.untilLast(OTHERS_MS))) return '';
    // Its clients can still cause notifications.
    await gatewayClosed;
    const record = delay(QUIET_MS).then(async () => {
      const text = await this.#record(readNodeFiles(this.#tools.files.directory), RECORD_MS);
      // Before the feeder, which appends notifications until its end.
      await this.#closeOthers();
      return text;
    });
    return (await this.#feeder.isQuiet(record)) ? record : '';
  }

  async #closeOthers(): Promise<void> {
    await Promise.all([this.#source?.close(), this.#node.close()]);
  }

  #record(files: NodeFiles, timeoutMs: number): Promise<string> {
    return recordNode(files, { ...this.#tools, connection: this.#node.connection, timeoutMs });
  }
}
