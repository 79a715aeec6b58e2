import { performance } from 'node:perf_hooks';
import { within } from './within.ts';

/** A caller waits this long for a newer value, and then goes on with the older one. */
const PATIENCE_MS = 1_000;
/** After a failure the node is left alone for this long. */
const RETRY_MS = 10_000;

/** What a {@link Refreshed} holds, and when it arrived. */
interface Held<T> {
  readonly value: T;
  readonly since: number;
}

/**
 * A value of the node's that is held in memory and asked for again where it is too old. All who need a
 * newer value at the same time share one call.
 */
export class Refreshed<T extends object> {
  readonly #fetch: () => Promise<T>;
  readonly #now: () => number;
  #held: Held<T> | undefined;
  #call: Promise<void> | undefined;
  #notBefore = -Infinity;

  constructor(fetch: () => Promise<T>, now: () => number = () => performance.now()) {
    this.#fetch = fetch;
    this.#now = now;
  }

  /** The value, if one is held that is not older than this. */
  peek(maxAgeMs = Infinity): T | undefined {
    const held = this.#held;
    return held !== undefined && this.#now() - held.since <= maxAgeMs ? held.value : undefined;
  }

  /**
   * Resolves when the value is not older than this, or when none such can be had soon: the node is away,
   * refuses or takes long. Never rejects.
   */
  async refresh(maxAgeMs: number): Promise<void> {
    if (this.peek(maxAgeMs) !== undefined || this.#now() < this.#notBefore) return;
    this.#call ??= this.#ask();
    try {
      await within(PATIENCE_MS, this.#call);
    } catch {
      this.#notBefore = this.#now() + RETRY_MS;
    }
  }

  async #ask(): Promise<void> {
    try {
      this.#held = { value: await this.#fetch(), since: this.#now() };
      this.#notBefore = -Infinity;
    } catch {
      // What failed may quote the reply, so no part of it is kept or logged.
      this.#notBefore = this.#now() + RETRY_MS;
    } finally {
      this.#call = undefined;
    }
  }
}
