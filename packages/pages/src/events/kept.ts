import { BoundedQueue, detachedString, stringBytes } from '@clnrest/bounds';
import type { Entry } from './entry.ts';

/** How much the page keeps: what is older goes. */
export const MAX_ENTRIES = 10_000;
export const MAX_BYTES = 16 * 1024 * 1024;
/** What an entry costs besides its strings: the object, its members and its slot in the queue. */
const ENTRY_OVERHEAD = 64;

/** The newest of what came, in a memory that does not grow. The newest one stays, however long it is. */
export class Kept {
  readonly #entries = new BoundedQueue<Entry>({
    maxItems: MAX_ENTRIES,
    maxSize: MAX_BYTES,
    sizeOf: ({ topic, text }) => ENTRY_OVERHEAD + stringBytes(topic) + stringBytes(text),
  });
  readonly #topics = new Map<string, number>();
  #received = 0;

  add(entry: Omit<Entry, 'number'>): void {
    const { topic, text } = entry;
    if (entry.kind === 'notification') {
      this.#received++;
      this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + 1);
    }
    // The text is cut from a piece of the stream, which may hold much else.
    const kept = { ...entry, text: detachedString(text), number: this.#entries.next };
    for (const evicted of this.#entries.push(kept)) this.#forget(evicted);
  }

  clear(): void {
    this.#entries.clear();
    this.#topics.clear();
    this.#received = 0;
  }

  /** From the newest back to the one with that number. */
  *newestFirst(downTo = 0): Generator<Entry, void> {
    for (let number = this.next - 1; number >= Math.max(downTo, this.first); number--) {
      const entry = this.#entries.at(number);
      if (entry !== undefined) yield entry;
    }
  }

  /** How many of each topic are kept, in the order in which topics came. */
  get topics(): ReadonlyMap<string, number> {
    return this.#topics;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The number of the oldest that is kept; `next`, where none is. */
  get first(): number {
    return this.#entries.first;
  }

  /** The number that comes next. */
  get next(): number {
    return this.#entries.next;
  }

  /** How many notifications came since the last clearing, kept or not. */
  get received(): number {
    return this.#received;
  }

  #forget({ kind, topic }: Entry): void {
    if (kind !== 'notification') return;
    const left = (this.#topics.get(topic) ?? 0) - 1;
    if (left > 0) this.#topics.set(topic, left);
    else this.#topics.delete(topic);
  }
}
