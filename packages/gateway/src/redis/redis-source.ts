import type { Log } from '../http/refusal-log.ts';
import type { Lease } from '../judge/lease.ts';
import { monotonicMs } from '../judge/lease.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import { LIMITS } from '../limits.ts';
import { gapText, type Received } from '../notifications/message.ts';
import type { RedisAddress } from './address.ts';
import { RedisConnection } from './connection.ts';
import { keysOf } from './keys.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { PathSignal } from './path-signal.ts';
import { StreamReader } from './stream-reader.ts';

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
  readonly needsLeases: boolean;
  /** Called when the registered paths of the node can have changed. */
  readonly pathsChanged?: (() => void) | undefined;
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
const AWAY = 'Subscribers wait';
const NOT_LOADED = 'Redis was not available when the gateway started';

/** Gives a gateway the notifications of a node, and leases to check runes, from Redis. */
export class RedisSource {
  readonly #tools: RedisSourceTools;
  readonly #connection: RedisConnection;
  #reader: StreamReader | undefined;
  #keeper: LeaseKeeper | undefined;
  #paths: PathSignal | undefined;
  #subscriber: RedisSubscriber | undefined;
  readonly #attached: Promise<void>;
  #resolveAttached: () => void = () => undefined;
  #isClosed = false;
  #isLate = false;

  constructor(tools: RedisSourceTools) {
    this.#tools = tools;
    this.#connection = new RedisConnection(tools.redis, tools.ca);
    this.#attached = new Promise((resolve) => {
      this.#resolveAttached = resolve;
    });
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
    this.#resolveAttached();
    if (!this.#isLate) this.#start();
  }

  /** Ends the lease and the connections. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#paths?.close();
    await Promise.all([this.#reader?.close(), this.#keeper?.close()]);
    this.#connection.close();
  }

  async #load(nodeId: string): Promise<Loaded | undefined> {
    if (this.#isClosed) return undefined;
    const { redis, ca, log, needsLeases, pathsChanged } = this.#tools;
    const keys = keysOf(nodeId);
    this.#reader = new StreamReader({
      redis,
      ca,
      keys,
      log,
      awayEffect: needsLeases ? `${AWAY}, and the node checks every rune` : AWAY,
      historyMessages: LIMITS.historyMessages,
      received: (message) => this.#subscriber?.receive(message),
      announced: () => this.#keeper?.renew(),
    });
    if (pathsChanged !== undefined) {
      this.#paths = new PathSignal({
        connection: this.#connection,
        keys,
        changed: pathsChanged,
      });
    }
    if (needsLeases) {
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
    if (this.#isLate && loaded !== undefined) await this.#startLate();
    return loaded;
  }

  /** Starts after a gap, when there is a gateway to receive it. */
  async #startLate(): Promise<void> {
    await this.#attached;
    if (this.#isClosed) return;
    this.#subscriber?.receive({ topic: '', text: gapText(NOT_LOADED), isGap: true });
    this.#start();
  }

  #start(): void {
    this.#reader?.start();
    this.#keeper?.start();
    this.#paths?.start();
  }
}
