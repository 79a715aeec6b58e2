/** Limits the number of restarts within a period. The clock must be monotonic: the system's time can be set. */
export class RestartLimit {
  readonly #restarts: number;
  readonly #periodMs: number;
  readonly #now: () => number;
  #times: number[] = [];

  constructor(restarts = 5, periodMs = 60_000, now = () => performance.now()) {
    this.#restarts = restarts;
    this.#periodMs = periodMs;
    this.#now = now;
  }

  /** Counts a restart if it is allowed. Returns whether it is allowed. */
  acquire(): boolean {
    const now = this.#now();
    this.#times = this.#times.filter((time) => now - time < this.#periodMs);
    if (this.#times.length >= this.#restarts) return false;
    this.#times.push(now);
    return true;
  }

  toString(): string {
    return `${this.#restarts} times within ${this.#periodMs / 1_000} seconds`;
  }
}
