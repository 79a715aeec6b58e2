import { BoundedQueue, detachedString, stringBytes } from '@clnrest/bounds';
import { isoMilliseconds, type Clock } from '../clock.ts';
import { levelColumn, reaches, type LogLevel } from './level.ts';

/** One thing that was logged. */
export interface LogEntry {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly level: LogLevel;
  /** Who says it: `lightningd`, `plugin-rest`, `jsonrpc#3`. */
  readonly source: string;
  readonly message: string;
}

/** Writes log lines somewhere, without their line end. */
export type LogSink = (line: string) => void;

/** Someone who logs, under one name. */
export interface Logger {
  log(level: LogLevel, message: string): void;
}

/** Another threshold for sources whose name contains some text: `--log-level=debug:plugin-rest`. */
export interface LevelFilter {
  readonly level: LogLevel;
  readonly source: string;
}

interface Output {
  readonly sink: LogSink;
  readonly filters: readonly LevelFilter[];
}

/** How much of the log `getlog` can show, in bytes. */
const BOOK_BYTES = 16 * 1024 * 1024;
/** Longer messages are cut, as lightningd cuts them. */
const LONGEST_MESSAGE = BOOK_BYTES / 64;
/** What an entry costs besides its strings: the object, its time and its slot in the book. */
const ENTRY_OVERHEAD = 96;

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]/g;

/** The node's log: what was said lately, and where lines go. */
export class LogBook {
  readonly startedAt: bigint;
  readonly #clock: Clock;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #entries = new BoundedQueue<LogEntry>({
    maxItems: Infinity,
    maxSize: BOOK_BYTES,
    sizeOf: ({ source, message }) => ENTRY_OVERHEAD + stringBytes(source) + stringBytes(message),
  });
  #outputs: Output[] = [];
  #threshold: LogLevel = 'info';
  #filters: readonly LevelFilter[] = [];
  #prefix = '';
  #timestamps = true;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startedAt = clock.now();
  }

  /** Says what is printed, and where; what was logged before is printed now. */
  configure(settings: {
    threshold: LogLevel;
    filters: readonly LevelFilter[];
    outputs: readonly Output[];
    prefix: string;
    timestamps: boolean;
  }): void {
    this.#threshold = settings.threshold;
    this.#filters = settings.filters;
    this.#outputs = [...settings.outputs];
    this.#prefix = settings.prefix;
    this.#timestamps = settings.timestamps;
    for (const entry of this.entries()) this.#print(entry);
  }

  logger(source: string): Logger {
    return { log: (level, message) => this.#add(level, source, message) };
  }

  /** Tells of every entry from now on, printed or not. @returns a function that ends it */
  onEntry(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Would an entry like this be printed? */
  isPrinted(level: LogLevel, source: string): boolean {
    return (
      reaches(level, this.#thresholdFor(source, this.#filters) ?? this.#threshold) ||
      this.#outputs.some(({ filters }) => {
        const threshold = this.#thresholdFor(source, filters);
        return threshold !== undefined && reaches(level, threshold);
      })
    );
  }

  /** What was logged, oldest first, as far as it is remembered. */
  entries(): Iterable<LogEntry> {
    return this.#entries;
  }

  get size(): { used: number; maximum: number } {
    return { used: this.#entries.size, maximum: BOOK_BYTES };
  }

  #add(level: LogLevel, source: string, message: string): void {
    const printable = message.replace(UNPRINTABLE, '?');
    const entry = {
      time: this.#clock.now(),
      level,
      source,
      // A plugin's line may be cut from a text of hundreds of megabytes.
      message: detachedString(
        printable.length > LONGEST_MESSAGE
          ? `[TRUNCATED message from ${printable.length} bytes]: ${printable.slice(0, LONGEST_MESSAGE)}`
          : printable,
      ),
    };
    this.#print(entry);
    this.#entries.push(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  #print(entry: LogEntry): void {
    const general = this.#thresholdFor(entry.source, this.#filters) ?? this.#threshold;
    for (const { sink, filters } of this.#outputs) {
      if (reaches(entry.level, this.#thresholdFor(entry.source, filters) ?? general)) {
        sink(this.#line(entry));
      }
    }
  }

  #thresholdFor(source: string, filters: readonly LevelFilter[]): LogLevel | undefined {
    return filters.find((filter) => source.includes(filter.source))?.level;
  }

  #line({ time, level, source, message }: LogEntry): string {
    const timestamp = this.#timestamps ? `${isoMilliseconds(time)} ` : '';
    return `${this.#prefix}${timestamp}${levelColumn(level)} ${source}: ${message}`;
  }
}
