import { BoundedQueue, detachedString, stringBytes } from '@clnrest/bounds';
import { isoMilliseconds, type Clock } from '../clock.ts';
import { levelColumn, isAtLeast, type LogLevel } from './level.ts';

/** One log entry. */
export interface LogEntry {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly level: LogLevel;
  /** The component that logs: `lightningd`, `plugin-rest`, `jsonrpc#3`. */
  readonly source: string;
  /** The id of the peer that the entry is about. */
  readonly peer?: string | undefined;
  readonly message: string;
}

/** Receives log lines, without their line end. */
export type LogSink = (line: string) => void;

/** Logs under the name of one source. */
export interface Logger {
  log(level: LogLevel, message: string): void;
}

/** A threshold for the sources whose name contains `source`: `--log-level=debug:plugin-rest`. */
export interface LevelFilter {
  readonly level: LogLevel;
  readonly source: string;
}

interface LogOutput {
  readonly sink: LogSink;
  readonly filters: readonly LevelFilter[];
}

/** Bytes of log entries that `getlog` can return. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Longer messages are cut, as in lightningd. */
const MAX_MESSAGE_LENGTH = MAX_BYTES / 64;
/** Bytes of an entry besides its strings: the object, its time and its slot in the queue. */
const ENTRY_OVERHEAD = 96;

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/g;

/** The node's log: keeps the newest entries, and writes lines to the outputs. */
export class LogBook {
  readonly startedAt: bigint;
  readonly #clock: Clock;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #entries = new BoundedQueue<LogEntry>({
    maxItems: Infinity,
    maxSize: MAX_BYTES,
    sizeOf: ({ source, message }) => ENTRY_OVERHEAD + stringBytes(source) + stringBytes(message),
  });
  #outputs: LogOutput[] = [];
  #threshold: LogLevel = 'info';
  #filters: readonly LevelFilter[] = [];
  #prefix = '';
  #timestamps = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startedAt = clock.now();
  }

  /** Sets the outputs and thresholds, and writes the entries that were logged before. */
  configure(settings: {
    threshold: LogLevel;
    filters: readonly LevelFilter[];
    outputs: readonly LogOutput[];
    prefix: string;
    timestamps: boolean;
  }): void {
    this.#threshold = settings.threshold;
    this.#filters = settings.filters;
    this.#outputs = [...settings.outputs];
    this.#prefix = settings.prefix;
    this.#timestamps = settings.timestamps;
    for (const entry of this.entries()) this.#write(entry);
  }

  /** @param peer - the id of the peer that the entries are about */
  logger(source: string, peer?: string): Logger {
    return { log: (level, message) => this.#add(level, source, message, peer) };
  }

  /** Calls the listener with every entry from now on, written or not. @returns a function that removes it */
  onEntry(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether an output receives an entry with this level and source. */
  isWritten({ level, source, peer }: Pick<LogEntry, 'level' | 'source' | 'peer'>): boolean {
    return (
      isAtLeast(level, thresholdFor(this.#filters, source, peer) ?? this.#threshold) ||
      this.#outputs.some(({ filters }) => {
        const threshold = thresholdFor(filters, source, peer);
        return threshold !== undefined && isAtLeast(level, threshold);
      })
    );
  }

  /** The kept entries, oldest first. */
  entries(): Iterable<LogEntry> {
    return this.#entries;
  }

  get size(): { used: number; maximum: number } {
    return { used: this.#entries.size, maximum: MAX_BYTES };
  }

  #add(level: LogLevel, source: string, message: string, peer: string | undefined): void {
    const printable = message.replace(UNPRINTABLE, '?');
    const entry = {
      time: this.#clock.now(),
      level,
      source,
      peer,
      // A plugin's line can be a slice of a text of hundreds of megabytes, which must not stay in memory.
      message: detachedString(
        printable.length > MAX_MESSAGE_LENGTH
          ? `[TRUNCATED message from ${printable.length} bytes]: ${printable.slice(0, MAX_MESSAGE_LENGTH)}`
          : printable,
      ),
    };
    this.#write(entry);
    this.#entries.push(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  #write(entry: LogEntry): void {
    const { level, source, peer } = entry;
    const general = thresholdFor(this.#filters, source, peer) ?? this.#threshold;
    for (const { sink, filters } of this.#outputs) {
      if (isAtLeast(level, thresholdFor(filters, source, peer) ?? general)) {
        sink(this.#line(entry));
      }
    }
  }

  #line({ time, level, source, peer, message }: LogEntry): string {
    const timestamp = this.#timestamps ? `${isoMilliseconds(time)} ` : '';
    const origin = peer === undefined ? source : `${peer}-${source}`;
    return `${this.#prefix}${timestamp}${levelColumn(level)} ${origin}: ${message}`;
  }
}

/** The level of the first filter that names a part of the source or of the peer's id. */
function thresholdFor(
  filters: readonly LevelFilter[],
  source: string,
  peer = '',
): LogLevel | undefined {
  return filters.find((filter) => source.includes(filter.source) || peer.includes(filter.source))
    ?.level;
}
