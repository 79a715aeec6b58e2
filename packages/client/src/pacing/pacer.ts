import type { Rune } from '@clnrest/runes';
import { sleep } from '../waiting/sleep.ts';
import { type PacedCall, pauseBefore, readPacedRune } from './pause.ts';

/** Requests do not all take the same time to the node: so much more than the rune asks for. */
const MARGIN_MS = 10;
const MARGIN = 0.02;
/** The first wait where the rune itself does not tell how long, and the longest. */
const BLIND_MS = 1_000;
const LONGEST_BLIND_MS = 60_000;
const SHORTEST_WAIT_MS = 50;
/** Where someone else has used the rune, the time since is not known: try some times in between. */
const FIRST_PART = 1 / 8;

/**
 * Spaces the calls of one rune as its `rate` and `per` ask, so that they are not refused. A line of
 * reservations: each call takes the first free time, the next one is free a pause later.
 */
export class Pacer {
  readonly #rune: Rune | undefined;
  #free = 0;

  constructor(rune: string) {
    this.#rune = readPacedRune(rune);
  }

  /** A place in the line for one call. */
  queue(call: PacedCall): Turn {
    const pause = this.#rune === undefined ? 0 : pauseBefore(this.#rune, call);
    return new Turn(pause, (notBefore, ms) => this.#reserve(notBefore, ms));
  }

  /** Takes a time for itself. */
  #reserve(notBefore: number, ms: number): Reservation {
    const start = Math.max(notBefore, this.#free);
    const next = start + ms;
    this.#free = next;
    const giveBack = (): void => {
      if (this.#free === next) this.#free = start;
    };
    return { start, giveBack };
  }
}

interface Reservation {
  readonly start: number;
  giveBack(): void;
}

/** One call's waiting: before it goes out, and each time that the node has said `too soon`. */
export class Turn {
  readonly #pause: number;
  readonly #reserve: (notBefore: number, ms: number) => Reservation;
  #refusals = 0;

  constructor(pause: number, reserve: (notBefore: number, ms: number) => Reservation) {
    this.#pause = pause;
    this.#reserve = reserve;
  }

  /** Rejects with the signal's reason when it aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const backoff = this.#backoff();
    if (this.#pause === 0) {
      if (backoff > 0) await sleep(backoff, signal);
      return;
    }
    const spacing = this.#pause * (1 + MARGIN) + MARGIN_MS;
    const { start, giveBack } = this.#reserve(now + backoff, spacing);
    if (start <= now) return;
    try {
      await sleep(start - now, signal);
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** The node has refused the call as too soon. */
  refused(): void {
    this.#refusals++;
  }

  #backoff(): number {
    if (this.#refusals === 0) return 0;
    const known = this.#pause > 0;
    const first = known ? this.#pause * FIRST_PART : BLIND_MS;
    const longest = known ? this.#pause : LONGEST_BLIND_MS;
    return Math.max(SHORTEST_WAIT_MS, Math.min(longest, first * 2 ** (this.#refusals - 1)));
  }
}
