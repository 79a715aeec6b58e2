import type { Log } from '../http/refusal-log.ts';
import type { Lease } from '../judge/lease.ts';
import { monotonicMs } from '../judge/lease.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import { LIMITS } from '../limits.ts';
import { gapText, type Received } from '../notifications/message.ts';
import type { RedisAddress } from '../redis/address.ts';
import { RedisConnection } from '../redis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import { LeaseKeeper } from '../redis/lease-keeper.ts';
import { StreamReader } from '../redis/stream-reader.ts';

/** The gateway that gets what Redis has. */
export interface RedisSubscriber {
  receive(message: Received): void;
  renewLease(lease: Lease): void;
  announceRevocation(range: RevocationRange): Promise<void>;
  revocationsPassed(): void;
}

/** Dependencies and settings of a {@link RedisSource}. */
export interface RedisSourceTools {
  readonly redis: RedisAddress;
  readonly ca?: string | undefined;
  readonly log: Log;
  /** Whether the gateway can check runes itself while it has a lease. */
  readonly checksLocally: boolean;
  /** Milliseconds for which a starting gateway waits for Redis. Tests change it. */
  readonly startMs?: number;
}

/** What the stream has when a gateway starts. */
export interface Loaded {
  readonly messages: readonly Received[];
  /** The id of the event before the first one, if it is known. */
  readonly before: string | undefined;
}

const START_MS = 3_000;
const NOT_LOADED = 'Redis was not available when the gateway started';

/** Gives a gateway the notifications of a node, and leases to check runes, from Redis. */
export class RedisSource {
  readonly #tools: RedisSourceTools;
  readonly #connection: RedisConnection;
  #reader: StreamReader | undefined;
  #keeper: LeaseKeeper | undefined;
  #subscriber: RedisSubscriber | undefined;
  #isClosed = false;
  #isLate = false;

  constructor(tools: RedisSourceTools) {
    this.#tools = tools;
    this.#connection = new RedisConnection(tools.redis, tools.ca);
  }

  /**
   * Loads the newest events of a node, as soon as its id is known. Resolves with nothing if that takes too long: then events are
   * read from that time on, after a gap.
   */
  async load(nodeId: Promise<string>): Promise<Loaded | undefined> {
    const { startMs = START_MS } = this.#tools;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#isLate = true;
        resolve(undefined);
      }, startMs);
    });
    try {
      return await Promise.race([nodeId.then((id) => this.#load(id)), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Starts to pass events and leases on. */
  attach(subscriber: RedisSubscriber): void {
    this.#subscriber = subscriber;
    if (!this.#isLate) this.#start();
  }

  /** Ends the lease and the connections. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#reader?.close(), this.#keeper?.close()]);
    this.#connection.close();
  }

  async #load(nodeId: string): Promise<Loaded | undefined> {
    if (this.#isClosed) return undefined;
    const { redis, ca, log, checksLocally } = this.#tools;
    const keys = keysOf(nodeId);
    this.#reader = new StreamReader({
      redis,
      ca,
      keys,
      log,
      historyMessages: LIMITS.historyMessages,
      received: (message) => this.#subscriber?.receive(message),
      announced: () => this.#keeper?.renew(),
    });
    if (checksLocally) {
      this.#keeper = new LeaseKeeper({
        connection: this.#connection,
        keys,
        now: monotonicMs,
        renewed: (lease) => this.#subscriber?.renewLease(lease),
        announce: async (range) => this.#subscriber?.announceRevocation(range),
        passed: () => this.#subscriber?.revocationsPassed(),
      });
    }
    const loaded = await this.#reader.load();
    if (this.#isLate && loaded !== undefined && !this.#isClosed) {
      this.#subscriber?.receive({ topic: '', text: gapText(NOT_LOADED), isGap: true });
      this.#start();
    }
    return loaded;
  }

  #start(): void {
    this.#reader?.start();
    this.#keeper?.start();
  }
}
