import type { Socket } from 'node:net';
import { Refusal } from '../errors.ts';
import type { Occupancy } from '../http/occupancy.ts';

/** One listener's place. */
export interface Seat {
  /** Gives it back; once is enough. */
  free(): void;
}

/** Counts listeners that have shown a rune, whatever they listen by. */
export class Seats {
  readonly #most: number;
  readonly #occupancy: Occupancy;
  #taken = 0;

  constructor(most: number, occupancy: Occupancy) {
    this.#most = most;
    this.#occupancy = occupancy;
  }

  /** Takes a place for the caller behind a connection, who is no stranger any more. Throws a {@link Refusal}. */
  take(socket: Socket): Seat {
    if (this.#taken >= this.#most) throw Refusal.of('busy', { detail: 'listeners' });
    this.#occupancy.welcome(socket);
    this.#taken++;
    let isFree = false;
    return {
      free: () => {
        if (!isFree) this.#taken--;
        isFree = true;
      },
    };
  }
}
