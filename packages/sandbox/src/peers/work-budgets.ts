import type { WorkBudget } from '@clnrest/commando/peer';

/** Units of work in a second, for all peers. At eight units in a microsecond, they keep a processor busy for three quarters of it. */
const UNITS_PER_SECOND = 6_000_000;
/** What a peer can use at once. */
const BURST = 400_000;
/** What a new peer can use at once: anyone can connect. */
const FIRST_BURST = 100_000;
const MIN_WAIT_MS = 10;
/** A peer that waited so recently probably wants more. */
const RECENT_MS = 100;

/**
 * The work that peers can cause. Peers that use more than their burst share what is possible in a second, so that the others are
 * served in time.
 */
export class WorkBudgets {
  readonly #now: () => number;
  /** The peers that had to wait recently, and until when. */
  readonly #waiting = new Map<PeerBudget, number>();

  /** @param now - a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A budget for another peer. */
  forPeer(): WorkBudget {
    return new PeerBudget(
      this.#now,
      (peer, now) => this.#unitsPerMs(peer, now),
      (peer, until) => this.#waiting.set(peer, until),
    );
  }

  /** What a peer gets, if it and those that had to wait recently share everything. */
  #unitsPerMs(peer: PeerBudget, now: number): number {
    for (const [other, until] of this.#waiting) {
      if (until + RECENT_MS <= now) this.#waiting.delete(other);
    }
    const peers = this.#waiting.size + (this.#waiting.has(peer) ? 0 : 1);
    return UNITS_PER_SECOND / 1_000 / peers;
  }
}

class PeerBudget implements WorkBudget {
  readonly #now: () => number;
  readonly #unitsPerMs: (peer: PeerBudget, now: number) => number;
  readonly #wait: (peer: PeerBudget, until: number) => void;
  #units = FIRST_BURST;
  /** When the peer had so many units; in the future if it has a debt. */
  #updated: number;

  constructor(
    now: () => number,
    unitsPerMs: (peer: PeerBudget, now: number) => number,
    wait: (peer: PeerBudget, until: number) => void,
  ) {
    this.#now = now;
    this.#unitsPerMs = unitsPerMs;
    this.#wait = wait;
    this.#updated = now();
  }

  spend(units: number): number {
    const now = this.#now();
    const unitsPerMs = this.#unitsPerMs(this, now);
    const refilled = this.#units + Math.max(0, now - this.#updated) * unitsPerMs;
    this.#updated = Math.max(now, this.#updated);
    this.#units = Math.min(BURST, refilled) - units;
    if (this.#units >= 0) return 0;
    // The peer pays its debt at the rate of now, although others can begin or cease to wait meanwhile.
    this.#updated -= this.#units / unitsPerMs;
    this.#units = 0;
    const ms = Math.max(MIN_WAIT_MS, this.#updated - now);
    this.#wait(this, now + ms);
    return ms;
  }
}
