/**
 * Shares permits among keys: a key can hold as many as remain for others. A single key gets half of all
 * permits, the next key half of the rest, and so on. New keys therefore find permits even if earlier keys
 * never release theirs: nine keys are necessary to acquire 256 permits one at a time.
 *
 * @example
 * ```ts
 * import { Semaphore } from '@clnrest/bounds';
 * const slots = new Semaphore(8);
 * slots.acquire('a', 4) // => true
 * slots.acquire('a') // => false
 * slots.acquire('b', 2) // => true
 * slots.release('a', 4);
 * slots.free // => 6
 * ```
 */
export class Semaphore {
  readonly #total: number;
  readonly #held = new Map<string, number>();
  #free: number;

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /** Permits that can be acquired. */
  get free(): number {
    return this.#free;
  }

  /** Permits that all keys hold together. */
  get taken(): number {
    return this.#total - this.#free;
  }

  /** Permits that this key holds. */
  heldBy(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /**
   * Acquires permits if the key then holds no more than its share. Returns whether it acquired them. Never
   * waits. Several permits are acquired exactly if they could be acquired one at a time.
   */
  acquire(key: string, permits = 1): boolean {
    requireCount(permits);
    const held = this.heldBy(key) + permits;
    const freeBeforeLast = this.#free - permits + 1;
    if (held > freeBeforeLast) return false;
    this.#set(key, held);
    return true;
  }

  /** Releases permits. Throws a RangeError if the key holds fewer. */
  release(key: string, permits = 1): void {
    const held = this.heldBy(key) - permits;
    requireCount(permits);
    if (held < 0) throw new RangeError('released more permits than the key holds');
    this.#set(key, held);
  }

  /** Moves permits from one key to another, regardless of the other key's share. */
  move(from: string, to: string, permits = 1): void {
    this.release(from, permits);
    this.#set(to, this.heldBy(to) + permits);
  }

  /** Deletes keys without permits, because there are as many keys as clients. */
  #set(key: string, held: number): void {
    this.#free += this.heldBy(key) - held;
    if (held === 0) this.#held.delete(key);
    else this.#held.set(key, held);
  }
}

/** A negative count would turn `acquire` into an unchecked `release` and vice versa. */
function requireCount(permits: number): void {
  if (!Number.isInteger(permits) || permits < 0) {
    throw new RangeError(`${permits} is not a number of permits`);
  }
}
