/**
 * A rate limit with a burst: it holds up to `capacity` tokens, and gets `perSecond` back.
 *
 * @example
 * ```ts
 * import { TokenBucket } from '@clnrest/bounds';
 * const bytes = new TokenBucket({ capacity: 1_000, perSecond: 500 }, () => 0);
 * bytes.take(600) // => true
 * bytes.take(600) // => false
 * ```
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  readonly #now: () => number;
  #tokens: number;
  #updated: number;

  /** @param now - a monotonic clock in milliseconds */
  constructor(
    { capacity, perSecond }: { readonly capacity: number; readonly perSecond: number },
    now: () => number = () => performance.now(),
  ) {
    this.#capacity = capacity;
    this.#perMs = perSecond / 1_000;
    this.#now = now;
    this.#tokens = capacity;
    this.#updated = now();
  }

  /** Takes tokens. Returns false, and takes none, if there are not enough. */
  take(count = 1): boolean {
    const now = this.#now();
    const refilled = this.#tokens + (now - this.#updated) * this.#perMs;
    this.#tokens = Math.min(this.#capacity, refilled);
    this.#updated = now;
    if (count > this.#tokens) return false;
    this.#tokens -= count;
    return true;
  }
}
