import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Semaphore } from '@clnrest/bounds';
import type { Limits } from '../limits.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import { addressKey } from './address.ts';

/** A connection whose caller has not authenticated for long. */
interface Stranger {
  readonly socket: Socket;
  readonly name: string;
  /** Whom the connection counts for. */
  readonly key: string;
  /** Requests that are being handled. */
  requests: number;
  isReleased: boolean;
}

/**
 * Limits the connections of strangers: callers of whom nobody knows yet whether they may stay for long. A
 * subscriber that has shown a rune is not a stranger, and makes room.
 *
 * Each address has a share. An address that has its share gets a new connection only in the place of its
 * own connection that has been idle for longest. A trusted proxy carries the requests of many clients, so
 * that only the total limits its connections.
 */
export class Occupancy {
  readonly #permits: Semaphore;
  readonly #proxies: TrustedProxies;
  readonly #strangers = new Map<string, Stranger>();
  /** By key, in the order in which they became idle. */
  readonly #idle = new Map<string, Set<Stranger>>();

  constructor({ connections }: Pick<Limits, 'connections'>, proxies: TrustedProxies) {
    this.#permits = new Semaphore(connections);
    this.#proxies = proxies;
  }

  /** Acquires a place for a new connection, until it closes; false if none is free, and then it must be closed. */
  enter(socket: Socket): boolean {
    const name = nameOf(socket);
    const address = socket.remoteAddress ?? '';
    const key = this.#proxies.includes(address) ? `proxy ${name}` : addressKey(address);
    if (!this.#permits.acquire(key) && !this.#replaceIdle(key)) return false;
    const stranger: Stranger = { socket, name, key, requests: 0, isReleased: false };
    this.#strangers.set(name, stranger);
    this.#becomeIdle(stranger);
    socket.once('close', () => this.#release(stranger));
    return true;
  }

  /** Knows that a connection is not idle until the response is complete. */
  serve(socket: Socket, response: ServerResponse): void {
    const stranger = this.#strangers.get(nameOf(socket));
    if (stranger === undefined) return;
    this.#becomeBusy(stranger);
    response.once('close', () => {
      stranger.requests--;
      if (stranger.requests === 0 && !stranger.isReleased) this.#becomeIdle(stranger);
    });
  }

  /** Knows that a connection is not idle until it closes: it has become a websocket. */
  keep(socket: Socket): void {
    const stranger = this.#strangers.get(nameOf(socket));
    if (stranger !== undefined) this.#becomeBusy(stranger);
  }

  isStranger(socket: Socket): boolean {
    return this.#strangers.has(nameOf(socket));
  }

  /** Knows this connection's caller from now on. */
  welcome(socket: Socket): void {
    const stranger = this.#strangers.get(nameOf(socket));
    if (stranger !== undefined) this.#release(stranger);
  }

  /** Closes the connection that has been idle for longest, and leaves its permit to the new one. */
  #replaceIdle(key: string): boolean {
    const [oldest] = this.#idle.get(key) ?? [];
    if (oldest === undefined) return false;
    this.#forget(oldest);
    oldest.socket.destroy();
    return true;
  }

  #release(stranger: Stranger): void {
    if (stranger.isReleased) return;
    this.#forget(stranger);
    this.#permits.release(stranger.key);
  }

  #forget(stranger: Stranger): void {
    stranger.isReleased = true;
    this.#leaveIdle(stranger);
    // Another connection may have the name by now: a connection that is gone has no address.
    if (this.#strangers.get(stranger.name) === stranger) this.#strangers.delete(stranger.name);
  }

  #becomeIdle(stranger: Stranger): void {
    const idle = this.#idle.get(stranger.key) ?? new Set();
    idle.add(stranger);
    this.#idle.set(stranger.key, idle);
  }

  #becomeBusy(stranger: Stranger): void {
    stranger.requests++;
    this.#leaveIdle(stranger);
  }

  #leaveIdle(stranger: Stranger): void {
    const idle = this.#idle.get(stranger.key);
    if (idle?.delete(stranger) === true && idle.size === 0) this.#idle.delete(stranger.key);
  }
}

/** The same for a TLS connection and for the TCP connection below it. */
export function nameOf({ localPort, remoteAddress, remotePort }: Socket): string {
  return `${localPort ?? ''} ${remoteAddress ?? ''} ${remotePort ?? ''}`;
}
