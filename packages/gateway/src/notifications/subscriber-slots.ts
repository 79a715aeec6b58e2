import type { Socket } from 'node:net';
import { Semaphore } from '@clnrest/bounds';
import { Gauge } from '../metrics/families.ts';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import type { Origin } from '../http/origin.ts';
import { acquirePermit, type Release } from '../http/acquire-permit.ts';

/** The transports of subscribers: server-sent events, and Socket.IO. */
export type Transport = 'events' | 'socket.io';

/**
 * Limits the authenticated subscribers of both transports together. Runes have no share: one rune can
 * serve all subscribers of a site.
 */
export class SubscriberSlots {
  readonly #permits: Semaphore;
  readonly #anonymousConnections: AnonymousConnections;
  readonly #counts: Record<Transport, number> = { events: 0, 'socket.io': 0 };
  #acquired = 0;

  constructor(total: number, anonymousConnections: AnonymousConnections) {
    this.#permits = new Semaphore(total);
    this.#anonymousConnections = anonymousConnections;
  }

  /**
   * Acquires a slot for a client whose rune was accepted. Its connection then no longer counts as
   * anonymous. Throws a {@link Refusal} (`busy`).
   */
  acquire(socket: Socket, transport: Transport): Release {
    // A new key can acquire the last permit, in contrast to a key that holds some.
    const origin: Origin = { key: String(++this.#acquired), name: '' };
    const release = acquirePermit(this.#permits, origin, 'subscribers');
    this.#anonymousConnections.release(socket);
    this.#counts[transport]++;
    let isReleased = false;
    return () => {
      // Both ends of a connection can release its slot.
      if (!isReleased) this.#counts[transport]--;
      isReleased = true;
      release();
    };
  }

  /** The number of subscribers of each transport. */
  counts(): readonly (readonly [Transport, number])[] {
    return Object.entries(this.#counts) as [Transport, number][];
  }
}

/** The number of subscribers, for the metrics. */
export function subscriberGauge(slots: SubscriberSlots): Gauge {
  return new Gauge(
    {
      name: 'clnrest_subscribers',
      help: 'Clients that receive notifications now.',
      labels: ['transport'],
    },
    () => slots.counts().map(([transport, count]) => [[transport], count] as const),
  );
}
