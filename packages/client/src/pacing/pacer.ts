import type { Rune } from '@clnrest/runes';
import { sleep } from '../waiting/sleep.ts';
import { type PacedCall, pauseBefore, readPacedRune } from './pause.ts';

/** Added to the rune's interval, since requests take different times to reach the node. */
const MARGIN_MS = 10;
const MARGIN = 0.02;
/** First and longest backoff if the rune cannot be read. */
const BLIND_MS = 1_000;
const MAX_BLIND_MS = 60_000;
const MIN_WAIT_MS = 50;
/** First backoff, as a part of the interval, if another client uses the rune and its last use is unknown. */
const FIRST_PART = 1 / 8;

/**
 * Spaces the calls of one rune as its `rate` and `per` require, so that the node does not reject them. Each call
 * reserves the next free time; the following call is free one interval later.
 *
 * @example
 * ```ts
 * import { Pacer } from '@clnrest/client/transport';
 *
 * const pacer = new Pacer('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * const turn = pacer.queue({ method: 'getinfo', params: undefined });
 * await turn.wait(AbortSignal.timeout(1_000)) // => undefined
 * ```
 */
export class Pacer {
  readonly #rune: Rune | undefined;
  #nextFree = 0;

  constructor(rune: string) {
    this.#rune = readPacedRune(rune);
  }

  /** Returns a place in the queue for one call. */
  queue(call: PacedCall): Turn {
    const pause = this.#rune === undefined ? 0 : pauseBefore(this.#rune, call);
    return new Turn(pause, (notBefore, ms) => this.#reserve(notBefore, ms));
  }

  /** Reserves the first free time at or after `notBefore`. */
  #reserve(notBefore: number, ms: number): Reservation {
    const start = Math.max(notBefore, this.#nextFree);
    const next = start + ms;
    this.#nextFree = next;
    const release = (): void => {
      if (this.#nextFree === next) this.#nextFree = start;
    };
    return { start, release };
  }
}

interface Reservation {
  readonly start: number;
  release(): void;
}

/** One call's place in the queue: waits before the first attempt and after each `too soon`. */
export class Turn {
  readonly #pause: number;
  readonly #reserve: (notBefore: number, ms: number) => Reservation;
  #refusals = 0;

  constructor(pause: number, reserve: (notBefore: number, ms: number) => Reservation) {
    this.#pause = pause;
    this.#reserve = reserve;
  }

  /** Waits until the call can be sent. Rejects with the signal's reason when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const backoff = this.#backoff();
    if (this.#pause === 0) {
      if (backoff > 0) await sleep(backoff, signal);
      return;
    }
    const spacing = this.#pause * (1 + MARGIN) + MARGIN_MS;
    const { start, release } = this.#reserve(now + backoff, spacing);
    if (start <= now) return;
    try {
      await sleep(start - now, signal);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Records that the node rejected the call as too soon. */
  recordRefusal(): void {
    this.#refusals++;
  }

  #backoff(): number {
    if (this.#refusals === 0) return 0;
    const known = this.#pause > 0;
    const first = known ? this.#pause * FIRST_PART : BLIND_MS;
    const longest = known ? this.#pause : MAX_BLIND_MS;
    return Math.max(MIN_WAIT_MS, Math.min(longest, first * 2 ** (this.#refusals - 1)));
  }
}
