import type { Log } from '../http/refusal-log.ts';
import { compareStreamIds } from '../notifications/event-ids.ts';
import type { Received } from '../notifications/message.ts';
import { type RedisAddress, shownAddress } from './address.ts';
import { RedisConnection, type Reply } from './connection.ts';
import type { RedisKeys } from './keys.ts';
import { type StreamEntry, StreamPosition } from './stream-position.ts';

/** Dependencies and settings of a {@link StreamReader}. */
export interface StreamReaderTools {
  readonly redis: RedisAddress;
  readonly ca?: string | undefined;
  readonly keys: RedisKeys;
  readonly log: Log;
  /** What the gateway does while Redis is away, for the log. */
  readonly awayEffect: string;
  /** The number of newest events that are read first, for subscribers that reconnect. */
  readonly historyMessages: number;
  readonly received: (message: Received) => void;
  /** Called when the feeder has announced a change of the blacklist. */
  readonly announced: () => void;
  /** Milliseconds between attempts. Tests change it. */
  readonly retryMs?: number;
}

const RETRY_MS = 500;
/** The time for which Redis waits for new entries. */
const BLOCK_MS = 1_000;
/** The time for a reply, which waits for new entries. */
const REPLY_MS = 5_000;
const COUNT = '1000';
/** Reads without a new entry after which a stream that has become older is read from its beginning. */
const MAX_OLDER_READS = 3;

/** Reads a node's notifications from the Redis stream, from the newest kept ones on, in order and each once. */
export class StreamReader {
  readonly #tools: StreamReaderTools;
  readonly #connection: RedisConnection;
  readonly #position = new StreamPosition();
  #lastAnnouncement = '$';
  #olderReads = 0;
  #isClosed = false;
  #state: string | undefined;
  #endPause: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(tools: StreamReaderTools) {
    this.#tools = tools;
    this.#connection = new RedisConnection(tools.redis, tools.ca);
  }

  /**
   * Reads the newest events. Resolves with them and the id before the first one, if it is known. Retries until Redis responds.
   * Undefined if it is closed before.
   */
  async load(): Promise<{ messages: readonly Received[]; before: string | undefined } | undefined> {
    const { keys, historyMessages, retryMs = RETRY_MS } = this.#tools;
    while (!this.#isClosed) {
      try {
        const args = ['XREVRANGE', keys.events, '+', '-', 'COUNT', String(historyMessages)];
        const entries = readEntries(await this.#connection.command(keys.events, args)).toReversed();
        this.#reportConnected();
        return { messages: this.#convert(entries), before: beforeFirst(entries[0]) };
      } catch (error) {
        this.#reportAway(error);
        await this.#pause(retryMs);
      }
    }
    return undefined;
  }

  /** Starts to read new events. Call it after `load`. */
  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endPause();
    this.#connection.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { retryMs = RETRY_MS } = this.#tools;
    while (!this.#isClosed) {
      try {
        await this.#readNext();
        this.#reportConnected();
      } catch (error) {
        if (this.#isClosed) return;
        this.#reportAway(error);
        await this.#pause(retryMs);
      }
    }
  }

  async #readNext(): Promise<void> {
    const { keys, received, announced } = this.#tools;
    const places = [this.#position.lastId, this.#lastAnnouncement];
    const args = ['XREAD', 'COUNT', COUNT, 'BLOCK', String(BLOCK_MS), 'STREAMS'];
    const reply = await this.#connection.command(
      keys.events,
      [...args, keys.events, keys.revocations, ...places],
      REPLY_MS,
    );
    const streams = new Map(arrayOf(reply).map((stream) => readStream(stream)));
    const announcements = streams.get(keys.revocations) ?? [];
    const last = announcements.at(-1);
    if (last !== undefined) {
      this.#lastAnnouncement = last.id;
      announced();
    }
    const events = streams.get(keys.events) ?? [];
    for (const message of this.#convert(events)) received(message);
    if (events.length === 0) await this.#findOlderStream();
    else this.#olderReads = 0;
  }

  /** Finds out whether the stream was replaced by an older one, such as after a failover to a server with another clock. */
  async #findOlderStream(): Promise<void> {
    const { keys, received } = this.#tools;
    const args = ['XREVRANGE', keys.events, '+', '-', 'COUNT', '1'];
    const [newest] = readEntries(await this.#connection.command(keys.events, args));
    const { lastId, feeder } = this.#position;
    const isOlder = newest !== undefined && compareStreamIds(newest.id, lastId) < 0;
    // A feeder with the same number appends again what is missing.
    if (!isOlder || newest.id.split('-')[0] === feeder) {
      this.#olderReads = 0;
      return;
    }
    if (++this.#olderReads < MAX_OLDER_READS) return;
    received(this.#position.skipTo(`${newest.id.split('-')[0] ?? '0'}-0`));
  }

  #convert(entries: readonly StreamEntry[]): Received[] {
    return entries.flatMap((entry) => this.#position.read(entry));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #reportConnected(): void {
    this.#report('info', `notifications come from Redis at ${shownAddress(this.#tools.redis)}`);
  }

  #reportAway(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const { redis, awayEffect } = this.#tools;
    this.#report(
      'unusual',
      `Redis at ${shownAddress(redis)} is not available: ${reason}. ${awayEffect}`,
    );
  }

  #report(level: 'info' | 'unusual', line: string): void {
    if (line === this.#state) return;
    this.#state = line;
    this.#tools.log(level, line);
  }
}

/** The id before the first entry: known only at the beginning of the stream. */
function beforeFirst(first: StreamEntry | undefined): string | undefined {
  return first === undefined || first.fields['previous'] === '0-0' ? '0-0' : undefined;
}

function readStream(stream: Reply): readonly [string, readonly StreamEntry[]] {
  const [key, entries = null] = arrayOf(stream);
  return [String(key), readEntries(entries)];
}

/** Reads entries as Redis returns them: each an id and a list of names and values. */
function readEntries(reply: Reply): readonly StreamEntry[] {
  return arrayOf(reply).map((entry) => {
    const [id, fields = null] = arrayOf(entry);
    const words = arrayOf(fields).map(String);
    const pairs = words.flatMap((word, index) =>
      index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [],
    );
    return { id: String(id), fields: Object.fromEntries(pairs) as Record<string, string> };
  });
}

function arrayOf(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? (reply as readonly Reply[]) : [];
}
