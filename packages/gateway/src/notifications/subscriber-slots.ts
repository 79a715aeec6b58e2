import type { Socket } from 'node:net';
import { Semaphore } from '@clnrest/bounds';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import type { Origin } from '../http/origin.ts';
import { acquirePermit, type Release } from '../http/acquire-permit.ts';

/**
 * Limits the authenticated subscribers of both transports together. Runes have no share: one rune can
 * serve all subscribers of a site.
 */
export class SubscriberSlots {
  readonly #permits: Semaphore;
  readonly #anonymousConnections: AnonymousConnections;
  #acquired = 0;

  constructor(total: number, anonymousConnections: AnonymousConnections) {
    this.#permits = new Semaphore(total);
    this.#anonymousConnections = anonymousConnections;
  }

  /**
   * Acquires a slot for a client whose rune was accepted. Its connection then no longer counts as
   * anonymous. Throws a {@link Refusal} (`busy`).
   */
  acquire(socket: Socket): Release {
    // A new key can acquire the last permit, in contrast to a key that holds some.
    const origin: Origin = { key: String(++this.#acquired), name: '' };
    const release = acquirePermit(this.#permits, origin, 'subscribers');
    this.#anonymousConnections.release(socket);
    return release;
  }
}
