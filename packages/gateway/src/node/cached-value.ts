import { performance } from 'node:perf_hooks';
import { withTimeout } from './with-timeout.ts';

/** The time for which a caller waits for a new value. Afterwards it uses the old one. */
const MAX_WAIT_MS = 1_000;
/** The delay before the next request after a failure. */
const RETRY_MS = 10_000;

/** A value and its arrival time. */
interface Entry<T> {
  readonly value: T;
  readonly since: number;
}

/** Caches a value of the node, and fetches it again if it is too old. Concurrent callers share one fetch. */
export class CachedValue<T extends object> {
  readonly #fetch: () => Promise<T>;
  readonly #now: () => number;
  #entry: Entry<T> | undefined;
  #fetching: Promise<void> | undefined;
  /** The earliest time of the next fetch. */
  #notBefore = -Infinity;

  constructor(fetch: () => Promise<T>, now: () => number = () => performance.now()) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** The cached value, or undefined if the cache is empty or the value is older. */
  peek(maxAgeMs = Infinity): T | undefined {
    const entry = this.#entry;
    return entry !== undefined && this.#now() - entry.since <= maxAgeMs ? entry.value : undefined;
  }

  /**
   * Fetches the value if it is older. Resolves when the value is new enough, or when the node is
   * unavailable, refuses or takes too long. Never rejects.
   */
  async refresh(maxAgeMs: number): Promise<void> {
    if (this.peek(maxAgeMs) !== undefined || this.#now() < this.#notBefore) return;
    this.#fetching ??= this.#update();
    try {
      await withTimeout(MAX_WAIT_MS, this.#fetching);
    } catch {
      this.#notBefore = this.#now() + RETRY_MS;
    }
  }

  async #update(): Promise<void> {
    try {
      this.#entry = { value: await this.#fetch(), since: this.#now() };
      this.#notBefore = -Infinity;
    } catch {
      // The error is neither kept nor logged, because it can quote the reply, which can contain a secret.
      this.#notBefore = this.#now() + RETRY_MS;
    } finally {
      this.#fetching = undefined;
    }
  }
}
