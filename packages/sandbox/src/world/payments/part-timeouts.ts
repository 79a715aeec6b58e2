import type { Clock } from '../../clock.ts';

/** The time in which all parts of a payment must arrive, as in lightningd. BOLT 4 requires at least 60 seconds. */
const PARTS_TIMEOUT_MS = 70_000;

interface Incomplete {
  /** Nanoseconds since 1970. */
  readonly deadline: bigint;
  readonly fail: () => void;
}

/** Fails payments of which parts are missing. A restart starts the time again, as in lightningd. */
export class PartTimeouts {
  readonly #clock: Clock;
  readonly #incomplete = new Map<string, Incomplete>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts the time of a payment, unless it runs. @param fail - called outside of transactions */
  start(payment: string, fail: () => void): void {
    if (this.#incomplete.has(payment)) return;
    const deadline = this.#clock.now() + BigInt(PARTS_TIMEOUT_MS) * 1_000_000n;
    this.#incomplete.set(payment, { deadline, fail });
    this.#schedule();
  }

  /** All parts have arrived, or none is left. */
  stop(payment: string): void {
    this.#incomplete.delete(payment);
  }

  /** Fails what is late. Each command calls it first, so a late timer has no effect. */
  check(): void {
    if (this.#incomplete.size === 0 || this.#isClosed) return;
    const now = this.#clock.now();
    const late = [...this.#incomplete].filter(([, { deadline }]) => deadline <= now);
    for (const [payment, { fail }] of late) {
      this.#incomplete.delete(payment);
      fail();
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** The time is the same for all payments, so the first one that has started is due first. */
  #schedule(): void {
    const [first] = this.#incomplete.values();
    if (first === undefined || this.#timer !== undefined || this.#isClosed) return;
    const wait = Number((first.deadline - this.#clock.now()) / 1_000_000n) + 1;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.check();
        this.#schedule();
      },
      Math.max(1, wait),
    ).unref();
  }
}
