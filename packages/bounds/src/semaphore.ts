/**
 * Shares permits among keys: a key may hold as many as are left for others. One key alone gets half of
 * all permits, the next key half of the rest, and so on. However long the earlier keys hold theirs, a
 * new key finds some: to take 256 permits one at a time takes nine keys.
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

  /** Permits that are held, by all keys together. */
  get taken(): number {
    return this.#total - this.#free;
  }

  /** Permits that this key holds. */
  heldBy(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /**
   * Acquires permits unless the key would then hold more than its share. Returns whether it did. Never
   * waits. Several permits at once are acquired exactly if they could be acquired one at a time.
   */
  acquire(key: string, permits = 1): boolean {
    requireCount(permits);
    const held = this.heldBy(key) + permits;
    const freeBeforeLast = this.#free - permits + 1;
    if (held > freeBeforeLast) return false;
    this.#set(key, held);
    return true;
  }

  /** Returns permits. Throws a RangeError if the key does not hold so many. */
  release(key: string, permits = 1): void {
    const held = this.heldBy(key) - permits;
    requireCount(permits);
    if (held < 0) throw new RangeError('released more permits than the key holds');
    this.#set(key, held);
  }

  /** Moves permits from one key to another, whatever the other key's share is. */
  move(from: string, to: string, permits = 1): void {
    this.release(from, permits);
    this.#set(to, this.heldBy(to) + permits);
  }

  /** A key without permits is forgotten: keys are as many as clients. */
  #set(key: string, held: number): void {
    this.#free += this.heldBy(key) - held;
    if (held === 0) this.#held.delete(key);
    else this.#held.set(key, held);
  }
}

/** A negative count would turn one operation into the other, and none of its checks would hold. */
function requireCount(permits: number): void {
  if (!Number.isInteger(permits) || permits < 0) {
    throw new RangeError(`${permits} is not a number of permits`);
  }
}
