import type { Socket } from 'node:net';
import { Semaphore } from '@clnrest/bounds';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import type { Origin } from '../http/origin.ts';
import { acquirePermit, type Release } from '../http/permits.ts';

/**
 * Limits the subscribers that have authenticated, whatever they subscribe by. Only the total limits them:
 * one rune may serve all subscribers of a site.
 */
export class Seats {
  readonly #permits: Semaphore;
  readonly #anonymousConnections: AnonymousConnections;
  #acquired = 0;

  constructor(total: number, anonymousConnections: AnonymousConnections) {
    this.#permits = new Semaphore(total);
    this.#anonymousConnections = anonymousConnections;
  }

  /**
   * Acquires a place for a caller whose rune was accepted, whose connection then does not count as a
   * stranger's. Throws a {@link Refusal} (`busy`).
   */
  acquire(socket: Socket): Release {
    // A key of its own can hold the last permit.
    const origin: Origin = { key: String(++this.#acquired), name: '' };
    const release = acquirePermit(this.#permits, origin, 'listeners');
    this.#anonymousConnections.release(socket);
    return release;
  }
}
