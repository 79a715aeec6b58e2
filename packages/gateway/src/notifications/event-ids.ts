import type { Message } from './message.ts';

/** Names messages for clients that resume: the ids of server-sent events. */
export interface EventIds {
  /** The id of the event with a sequence number, or of the newest event before it. Undefined if none is known. */
  idOf(sequence: number): string | undefined;
  /** The sequence number of an event's id, or -1 if the id is unknown. Waits for an id that is newer than all known. */
  sequenceOf(id: string): Promise<number> | number;
  /** Notes a message, in order. */
  record(message: Message): void;
}

/** Ids of one plugin process: an epoch, and the sequence number. */
export class EpochIds implements EventIds {
  readonly #epoch: string;

  /** @param epoch - distinguishes the sequence numbers of this plugin process from those of another one */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  idOf(sequence: number): string {
    return `${this.#epoch}-${sequence}`;
  }

  sequenceOf(id: string): number {
    const [, epoch, sequence] = /^([0-9a-f]{8})-([0-9]{1,15})$/.exec(id) ?? [];
    return epoch === this.#epoch ? Number(sequence) : -1;
  }

  record(): void {
    // The id follows from the number.
  }
}

/** The time for a gateway to read an event that another gateway has already delivered. */
const AHEAD_MS = 3_000;

/** Ids of a Redis stream, which all gateways share: the client can have received an id from another gateway. */
export class StreamIds implements EventIds {
  readonly #max: number;
  readonly #aheadMs: number;
  /** By sequence number, the oldest first. A gap has the id of the event before it. */
  readonly #ids = new Map<number, string | undefined>();
  readonly #sequences = new Map<string, number>();
  #newest: string | undefined;
  #waiting: { readonly id: string; readonly resolve: (sequence: number) => void }[] = [];

  /**
   * @param max - the number of ids that are kept
   * @param before - the id before the first message, if it is known
   */
  constructor(max: number, before: string | undefined, aheadMs = AHEAD_MS) {
    this.#max = max;
    this.#aheadMs = aheadMs;
    this.#newest = before;
  }

  /** Sets the sequence number of the id before the first message. */
  start(sequence: number): void {
    this.#add(sequence, this.#newest);
  }

  idOf(sequence: number): string | undefined {
    return this.#ids.get(sequence);
  }

  sequenceOf(id: string): Promise<number> | number {
    const known = this.#sequences.get(id);
    if (known !== undefined) return known;
    if (!isStreamId(id)) return -1;
    if (this.#newest !== undefined && compareStreamIds(id, this.#newest) <= 0) return -1;
    return this.#whenRecorded(id);
  }

  record({ sequence, id }: Message): void {
    if (this.#ids.size === 0) this.start(sequence - 1);
    this.#add(sequence, id ?? this.#newest);
    if (id === undefined) return;
    this.#newest = id;
    const isReached = (waiting: { readonly id: string }): boolean =>
      compareStreamIds(waiting.id, id) <= 0;
    const reached = this.#waiting.filter(isReached);
    if (reached.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => !isReached(waiting));
    // If the stream has passed the id, the event is lost.
    for (const waiting of reached) waiting.resolve(waiting.id === id ? sequence : -1);
  }

  #add(sequence: number, id: string | undefined): void {
    this.#ids.set(sequence, id);
    // A gap does not replace the event before it: the client then receives the gap again.
    if (id !== undefined && !this.#sequences.has(id)) this.#sequences.set(id, sequence);
    if (this.#ids.size <= this.#max) return;
    const [oldest] = this.#ids;
    if (oldest === undefined) return;
    this.#ids.delete(oldest[0]);
    if (oldest[1] !== undefined && this.#sequences.get(oldest[1]) === oldest[0]) {
      this.#sequences.delete(oldest[1]);
    }
  }

  #whenRecorded(id: string): Promise<number> {
    return new Promise((resolve) => {
      const waiting = {
        id,
        resolve: (sequence: number): void => {
          clearTimeout(timer);
          resolve(sequence);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        resolve(-1);
      }, this.#aheadMs);
      timer.unref();
      this.#waiting.push(waiting);
    });
  }
}

/** Whether a text is an id of a Redis stream: two decimal numbers. */
export function isStreamId(text: string): boolean {
  return /^(?:0|[1-9]\d{0,18})-(?:0|[1-9]\d{0,18})$/.test(text);
}

/** Compares two ids of a Redis stream: negative if the first is older. */
export function compareStreamIds(one: string, other: string): number {
  const [[a = 0n, b = 0n], [c = 0n, d = 0n]] = [parts(one), parts(other)];
  const difference = a === c ? b - d : a - c;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function parts(id: string): bigint[] {
  return id.split('-').map(BigInt);
}
