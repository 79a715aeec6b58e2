import type { PluginNotification } from '@clnrest/lightningd';
import type { Log } from '../http/refusal-log.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import { LIMITS } from '../limits.ts';
import { type Message, messageBytes } from '../notifications/message.ts';
import { NotificationLog } from '../processes/notification-log.ts';
import { type RedisAddress, shownAddress } from './address.ts';
import { RedisConnection, type Reply } from './connection.ts';
import { APPEND, CLAIM, END } from './feeder-scripts.ts';
import { keysOf, type RedisKeys } from './keys.ts';
import { LeaseGrantor } from './lease-grantor.ts';

/** Dependencies and settings of a {@link Feeder}. */
export interface FeederTools {
  readonly redis: RedisAddress;
  readonly ca?: string | undefined;
  /** Asks the node for its id. */
  readonly nodeId: () => Promise<string>;
  readonly log: Log;
  /** About how many events the stream keeps. */
  readonly length: number;
  /** Whether the node has started with this feeder, so that it had no notifications before. */
  readonly startsWithNode: boolean;
  /** What the node had done when this feeder started to get its notifications; empty if that is not known. */
  readonly recordAtStart: Promise<string>;
  /** Resolves when this feeder has got all notifications that the node sent before the call. */
  readonly caughtUp: () => Promise<unknown>;
  /** Whether the node announces changes of the blacklist. */
  readonly isAnnounced: boolean;
  /** A number that changes with the registered paths. */
  readonly pathsVersion: () => number;
  /** Notifications that are kept while Redis is away. Tests change it. */
  readonly limits?: { readonly historyMessages: number; readonly historyBytes: number };
  /** Milliseconds between attempts. Tests change it. */
  readonly retryMs?: number;
  /** Milliseconds after which another feeder that does not move is replaced. Tests change it. */
  readonly silentMs?: number;
  readonly delayedMs?: number;
}

const RETRY_MS = 500;
/** Twelve beats. */
const SILENT_MS = 3_000;
/** Events, and their bytes, in one step. */
const MAX_BATCH = 256;
const MAX_BATCH_BYTES = 1024 * 1024;

/** Why a step of the feeder ends. */
type Outcome = 'claim again' | 'closed';

/**
 * Appends the node's notifications to a Redis stream, in order and each once: their ids are the feeder's number and a sequence
 * number, so Redis refuses repeated ones. Keeps a bounded number of notifications while Redis is away, and until Redis has
 * them.
 */
export class Feeder {
  readonly #tools: FeederTools;
  readonly #connection: RedisConnection;
  readonly #log: NotificationLog;
  readonly #grantor: LeaseGrantor;
  #keys: RedisKeys | undefined;
  /** This feeder's number, as soon as it has one. */
  #number = '';
  #isOwner = false;
  /** Whether this feeder has waited for another one, and whether that one has moved meanwhile. */
  #hasWaited = false;
  #hasMoved = false;
  #other: { readonly beat: string; readonly since: number } | undefined;
  /** The sequence number before the first event with this feeder's number. */
  #after = 0;
  /** The sequence number up to which Redis has everything. */
  #appended = 0;
  #wake: () => void = () => undefined;
  #endPause: () => void = () => undefined;
  #isClosing = false;
  readonly #closing: Promise<undefined>;
  #setClosing: () => void = () => undefined;
  /** What the node has done when this feeder ends; empty if something can be missing then. */
  #record = '';
  #state: string | undefined;
  readonly #running: Promise<void>;
  /** The node's id, as soon as the node has responded. */
  readonly nodeId: Promise<string>;
  #foundNode: (id: string) => void = () => undefined;

  constructor(tools: FeederTools) {
    this.#tools = tools;
    this.#connection = new RedisConnection(tools.redis, tools.ca);
    this.#log = new NotificationLog(tools.limits ?? LIMITS);
    this.#grantor = new LeaseGrantor({
      ...tools,
      connection: this.#connection,
      keys: () => this.#keys,
      number: () => (this.#isOwner ? this.#number : undefined),
      replaced: () => this.#lose(),
    });
    this.#grantor.start();
    this.nodeId = new Promise((resolve) => {
      this.#foundNode = resolve;
    });
    this.#closing = new Promise((resolve) => {
      this.#setClosing = () => resolve(undefined);
    });
    this.#running = this.#run();
  }

  /** Whether this feeder has the stream. */
  get isOwner(): boolean {
    return this.#isOwner;
  }

  /** Adds a notification of the node. */
  notify(notification: PluginNotification): void {
    this.#log.add(notification);
    // A program still uses the node, which can run a further command when this process has ended.
    this.#record = '';
    this.#wake();
  }

  /** Resolves after other work, with whether no notification came meanwhile. */
  async isQuiet(work: Promise<unknown>): Promise<boolean> {
    const before = this.#log.sequence;
    await work;
    return this.#log.sequence === before;
  }

  /** Resolves when no gateway allows the ids of a change without the node. Then the node can continue. */
  announceRevocation(range: RevocationRange): Promise<void> {
    return this.#grantor.announce(range);
  }

  /** Notes that the node continues with an announced change. */
  revocationPassed(): void {
    this.#grantor.passed();
  }

  /**
   * Appends what is left, within a time, and notes in Redis that the feeder has ended.
   *
   * @param record what the node has done; nothing is missing if no notification comes before the end, and if the record is the
   *   same at the next start. Empty if something can be missing. Never rejects.
   */
  async close(timeoutMs: number, record: string): Promise<void> {
    this.#isClosing = true;
    this.#setClosing();
    this.#record = record;
    this.#wake();
    this.#endPause();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#running, timeout]);
    clearTimeout(timer);
    this.#grantor.close();
    this.#connection.close();
  }

  async #run(): Promise<void> {
    const { retryMs = RETRY_MS } = this.#tools;
    for (;;) {
      try {
        const keys = await this.#findKeys();
        await this.#claim(keys);
        if (this.#isOwner && (await this.#feed(keys)) === 'closed') return;
      } catch (error) {
        this.#report('unusual', awayLine(this.#tools.redis, error));
      }
      if (this.#isClosing) return;
      await this.#pause(retryMs);
    }
  }

  async #findKeys(): Promise<RedisKeys> {
    if (this.#keys === undefined) {
      const id = await this.#tools.nodeId();
      this.#keys = keysOf(id);
      this.#foundNode(id);
    }
    return this.#keys;
  }

  async #claim(keys: RedisKeys): Promise<void> {
    const { recordAtStart } = this.#tools;
    const record = await Promise.race([recordAtStart, this.#closing]);
    if (record === undefined) return;
    // Another feeder can have appended notifications that are still on their way to this one, as after it was suspended.
    const isAlone = this.#number === '' && !this.#hasWaited;
    let [number, outcome, detail] = await this.#script(
      CLAIM,
      keys,
      this.#claimOf(record, { isCaughtUp: isAlone }),
    );
    if (outcome === 'free') {
      if (!(await this.#catchUp())) return;
      // A feeder that has ended has appended what it got, or has lost it.
      if (detail !== '0') this.#hasMoved = true;
      const again = this.#claimOf(record, { isCaughtUp: true });
      [number, outcome, detail] = await this.#script(CLAIM, keys, again);
    }
    if (outcome === 'busy') {
      this.#waitFor(String(detail));
      return;
    }
    if (outcome === 'new') {
      this.#after = Number(detail);
      this.#appended = this.#after;
      this.#grantor.claimed();
    }
    this.#number = String(number);
    this.#isOwner = true;
    this.#hasWaited = false;
    this.#hasMoved = false;
    this.#other = undefined;
    this.#report('info', `notifications go to Redis at ${shownAddress(this.#tools.redis)}`);
  }

  /** The arguments of CLAIM. */
  #claimOf(record: string, { isCaughtUp }: { isCaughtUp: boolean }): readonly string[] {
    const { silentMs = SILENT_MS, startsWithNode } = this.#tools;
    const isSilent = this.#other !== undefined && performance.now() >= this.#other.since + silentMs;
    // A feeder that has moved has appended the earlier ones, or has lost them.
    const after = this.#hasMoved ? this.#log.sequence : this.#appended;
    const isComplete = startsWithNode && !this.#hasWaited;
    return [
      this.#number,
      String(Date.now()),
      isSilent ? '1' : '0',
      String(after),
      isComplete ? '1' : '0',
      String(Math.max(this.#after, this.#log.oldest - 1)),
      String(this.#log.sequence),
      record,
      isCaughtUp ? '1' : '0',
    ];
  }

  /** Waits for the notifications that the node has sent. Resolves with `false` if the node does not reply. */
  async #catchUp(): Promise<boolean> {
    try {
      await this.#tools.caughtUp();
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for another feeder of the same node to end, or to stop moving. */
  #waitFor(beat: string): void {
    this.#hasWaited = true;
    if (this.#other?.beat === beat) return;
    const isFirst = this.#other === undefined;
    this.#other = { beat, since: performance.now() };
    // The other one can have been killed.
    if (isFirst) return;
    this.#hasMoved = true;
    this.#report(
      'unusual',
      'another plugin of this node already sends its notifications to Redis: configure only one. This one waits until the other ends',
    );
  }

  async #feed(keys: RedisKeys): Promise<Outcome> {
    for (;;) {
      if (!this.#isOwner) return 'claim again';
      const { messages } = this.#log.after(this.#appended);
      if (messages.length === 0) {
        if (this.#isClosing) {
          await this.#script(END, keys, [
            this.#number,
            this.#record === '' ? '2' : '1',
            this.#record,
          ]);
          // The node still sends notifications of commands that it runs while it stops.
          if (this.#log.sequence <= this.#appended) return 'closed';
          continue;
        }
        await this.#change();
        continue;
      }
      const at = await this.#append(keys, batchOf(messages));
      if (at < 0) {
        this.#lose();
        return 'claim again';
      }
      this.#appended = at;
    }
  }

  /** Returns the sequence number up to which Redis has everything, or a negative number if the stream must be claimed again. */
  async #append(keys: RedisKeys, messages: readonly Message[]): Promise<number> {
    const [first] = messages;
    const oldest = this.#log.oldest;
    const events = messages.flatMap(({ topic, text }) => [topic, text]);
    const { length } = this.#tools;
    const args = [this.#number, String(length), String(first?.sequence), String(oldest), ...events];
    const reply = await this.#connection.script(APPEND, [keys.feeder, keys.events], args);
    return Number(reply);
  }

  async #script(
    script: string,
    keys: RedisKeys,
    args: readonly string[],
  ): Promise<readonly Reply[]> {
    const reply = await this.#connection.script(script, [keys.feeder, keys.events], args);
    return Array.isArray(reply) ? (reply as readonly Reply[]) : [reply];
  }

  #lose(): void {
    this.#isOwner = false;
    this.#wake();
  }

  /** Resolves after a time, or when the feeder closes. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Resolves with the next notification, when the stream is lost, or when the feeder closes. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #report(level: 'info' | 'unusual', line: string): void {
    if (line === this.#state) return;
    this.#state = line;
    this.#tools.log(level, line);
  }
}

function batchOf(messages: readonly Message[]): readonly Message[] {
  let bytes = 0;
  const end = messages.findIndex((message, index) => {
    bytes += messageBytes(message);
    return index > 0 && (index >= MAX_BATCH || bytes > MAX_BATCH_BYTES);
  });
  return end === -1 ? messages : messages.slice(0, end);
}

function awayLine(redis: RedisAddress, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `Redis at ${shownAddress(redis)} is not available: ${reason}. The plugin keeps the newest notifications and tries again`;
}
