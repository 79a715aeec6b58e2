import type { Entry } from './entry.ts';

/** How much the page keeps: what is older goes. */
export const MOST_ENTRIES = 10_000;
export const MOST_CHARACTERS = 16 * 1024 * 1024;

/** The newest of what came, in a memory that does not grow. The newest one stays, however long it is. */
export class Kept {
  readonly #slots: (Entry | undefined)[] = [];
  readonly #topics = new Map<string, number>();
  #first = 0;
  #next = 0;
  #characters = 0;
  #received = 0;

  add(entry: Omit<Entry, 'number'>): void {
    if (this.size === MOST_ENTRIES) this.#drop();
    this.#slots[this.#next % MOST_ENTRIES] = { ...entry, number: this.#next };
    this.#next++;
    this.#characters += entry.text.length;
    if (entry.kind === 'told') {
      this.#received++;
      this.#topics.set(entry.topic, (this.#topics.get(entry.topic) ?? 0) + 1);
    }
    while (this.#characters > MOST_CHARACTERS && this.size > 1) this.#drop();
  }

  clear(): void {
    while (this.#first < this.#next) this.#drop();
    this.#received = 0;
  }

  /** From the newest back to the one with that number. */
  *newestFirst(downTo = 0): Generator<Entry, void> {
    for (let number = this.#next - 1; number >= Math.max(downTo, this.#first); number--) {
      const entry = this.#slots[number % MOST_ENTRIES];
      if (entry !== undefined) yield entry;
    }
  }

  /** How many of each topic are kept, in the order in which topics came. */
  get topics(): ReadonlyMap<string, number> {
    return this.#topics;
  }

  get size(): number {
    return this.#next - this.#first;
  }

  /** The number of the oldest that is kept; `next`, where none is. */
  get first(): number {
    return this.#first;
  }

  /** The number that comes next. */
  get next(): number {
    return this.#next;
  }

  /** How many notifications came since the last clearing, kept or not. */
  get received(): number {
    return this.#received;
  }

  #drop(): void {
    const slot = this.#first % MOST_ENTRIES;
    const entry = this.#slots[slot];
    this.#slots[slot] = undefined;
    this.#first++;
    if (entry === undefined) return;
    this.#characters -= entry.text.length;
    const left = (this.#topics.get(entry.topic) ?? 0) - 1;
    if (left > 0) this.#topics.set(entry.topic, left);
    else this.#topics.delete(entry.topic);
  }
}
