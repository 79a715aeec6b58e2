/** The limits of a {@link BoundedQueue}. */
export interface Bounds<T> {
  readonly maxItems: number;
  /** The total of all items' sizes, in the unit of `sizeOf`. */
  readonly maxSize: number;
  /** An item's size when it is pushed. */
  readonly sizeOf: (item: T) => number;
}

/** An item and its size, so that a long text is measured once. */
interface Sized<T> {
  readonly item: T;
  readonly size: number;
}

/** Slots of a new queue. It grows on demand, so an idle queue needs little memory. */
const INITIAL_SLOTS = 16;

/**
 * Keeps the newest items within limits and evicts the oldest. The newest item stays, regardless of its
 * size. The queue keeps no reference to an evicted item.
 *
 * Items are numbered from 0 in the order in which they are pushed.
 *
 * @example
 * ```ts
 * import { BoundedQueue } from '@clnrest/bounds';
 * const queue = new BoundedQueue<string>({ maxItems: 2, maxSize: 100, sizeOf: (text) => text.length });
 * queue.push('a');
 * queue.push('b');
 * queue.push('c') // => ['a']
 * [...queue] // => ['b', 'c']
 * [queue.first, queue.next, queue.length] // => [1, 3, 2]
 * ```
 */
export class BoundedQueue<T> implements Iterable<T> {
  readonly #bounds: Bounds<T>;
  /** A ring: the item numbered n is in slot n modulo the ring's length, which is a power of two. */
  #slots = emptySlots<Sized<T>>(INITIAL_SLOTS);
  #first = 0;
  #next = 0;
  #size = 0;

  constructor(bounds: Bounds<T>) {
    if (!(bounds.maxItems >= 1)) throw new RangeError('maxItems must be at least 1');
    if (Number.isNaN(bounds.maxSize)) throw new RangeError('maxSize must be a number');
    this.#bounds = bounds;
  }

  /** The number of the oldest item; `next` if the queue is empty. */
  get first(): number {
    return this.#first;
  }

  /** The number of the next item. */
  get next(): number {
    return this.#next;
  }

  get length(): number {
    return this.#next - this.#first;
  }

  /** The total size of the items. */
  get size(): number {
    return this.#size;
  }

  /** Adds an item and returns the evicted ones, the oldest first. */
  push(item: T): T[] {
    const { maxItems, maxSize, sizeOf } = this.#bounds;
    const size = sizeOf(item);
    // NaN would make the total pass every comparison with the limit.
    if (!(Number.isFinite(size) && size >= 0)) throw new RangeError(`${size} is not a size`);
    const evicted: T[] = [];
    if (this.length + 1 > maxItems) evicted.push(...this.#shiftOne());
    if (this.length === this.#slots.length) this.#grow();
    this.#slots[this.#slotOf(this.#next)] = { item, size };
    this.#next++;
    this.#size += size;
    while (this.#size > maxSize && this.length > 1) evicted.push(...this.#shiftOne());
    return evicted;
  }

  /** Removes and returns the oldest item. */
  shift(): T | undefined {
    return this.#shiftOne()[0];
  }

  /** The item with this number; `undefined` if it was evicted or has not been pushed yet. */
  at(number: number): T | undefined {
    return number >= this.#first && number < this.#next
      ? this.#slots[this.#slotOf(number)]?.item
      : undefined;
  }

  /** Copies the items from this number on, the oldest first. */
  from(number: number): T[] {
    const items: T[] = [];
    for (let at = Math.max(number, this.#first); at < this.#next; at++) {
      const held = this.#slots[this.#slotOf(at)];
      if (held !== undefined) items.push(held.item);
    }
    return items;
  }

  /** Evicts everything. Numbers go on. */
  clear(): void {
    this.#first = this.#next;
    this.#size = 0;
    this.#slots = emptySlots<Sized<T>>(INITIAL_SLOTS);
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (let at = this.#first; at < this.#next; at++) {
      const held = this.#slots[this.#slotOf(at)];
      // Items can be evicted while a caller iterates.
      if (held !== undefined && at >= this.#first) yield held.item;
    }
  }

  /** Returns an array of at most one item, because an item can be `undefined`. */
  #shiftOne(): T[] {
    const slot = this.#slotOf(this.#first);
    const held = this.#slots[slot];
    if (held === undefined) return [];
    this.#slots[slot] = undefined;
    this.#first++;
    this.#size -= held.size;
    return [held.item];
  }

  #slotOf(number: number): number {
    return number % this.#slots.length;
  }

  #grow(): void {
    const larger = emptySlots<Sized<T>>(2 * this.#slots.length);
    for (let at = this.#first; at < this.#next; at++) {
      larger[at % larger.length] = this.#slots[this.#slotOf(at)];
    }
    this.#slots = larger;
  }
}

function emptySlots<T>(length: number): (T | undefined)[] {
  return Array.from({ length }, () => undefined);
}
