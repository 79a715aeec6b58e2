import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Semaphore } from '@clnrest/bounds';
import type { Limits } from '../limits.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import { addressKey } from './address.ts';

interface AnonymousConnection {
  readonly socket: Socket;
  readonly name: string;
  /** The key of its permit. */
  readonly key: string;
  /** Requests in progress. */
  requests: number;
  isReleased: boolean;
}

/**
 * Limits anonymous connections: those whose client has not authenticated as a subscriber. A subscriber's
 * connection no longer counts.
 *
 * Each address has a share. If an address holds its share, its new connection replaces its connection
 * that has been idle for longest. A trusted proxy forwards the requests of many clients, so only the
 * total limits its connections.
 */
export class AnonymousConnections {
  readonly #permits: Semaphore;
  readonly #proxies: TrustedProxies;
  readonly #connections = new Map<string, AnonymousConnection>();
  /** Saves looking up the name for each request. */
  readonly #bySocket = new WeakMap<Socket, AnonymousConnection>();
  /** By key, in the order in which they became idle. */
  readonly #idle = new Map<string, Set<AnonymousConnection>>();

  constructor({ connections }: Pick<Limits, 'connections'>, proxies: TrustedProxies) {
    this.#permits = new Semaphore(connections);
    this.#proxies = proxies;
  }

  /** Acquires a permit for a new connection until it closes. If this returns false, close the connection. */
  acquire(socket: Socket): boolean {
    const name = nameOf(socket);
    const address = socket.remoteAddress ?? '';
    const key = this.#proxies.includes(address) ? `proxy ${name}` : addressKey(address);
    if (!this.#permits.acquire(key) && !this.#replaceIdle(key)) return false;
    const connection: AnonymousConnection = { socket, name, key, requests: 0, isReleased: false };
    this.#connections.set(name, connection);
    this.#markIdle(connection);
    socket.once('close', () => this.#release(connection));
    return true;
  }

  /** Marks a connection as active until the response is complete. */
  trackRequest(socket: Socket, response: ServerResponse): void {
    const connection = this.#connectionOf(socket);
    if (connection === undefined) return;
    this.#markActive(connection);
    response.once('close', () => {
      connection.requests--;
      if (connection.requests === 0 && !connection.isReleased) this.#markIdle(connection);
    });
  }

  /** Marks a connection as active until it closes: it is a websocket now. */
  trackUpgrade(socket: Socket): void {
    const connection = this.#connectionOf(socket);
    if (connection !== undefined) this.#markActive(connection);
  }

  includes(socket: Socket): boolean {
    return this.#connectionOf(socket) !== undefined;
  }

  /** Releases the permit of a connection whose client has authenticated. */
  release(socket: Socket): void {
    const connection = this.#connectionOf(socket);
    if (connection !== undefined) this.#release(connection);
  }

  #connectionOf(socket: Socket): AnonymousConnection | undefined {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known.isReleased ? undefined : known;
    const connection = this.#connections.get(nameOf(socket));
    if (connection !== undefined) this.#bySocket.set(socket, connection);
    return connection;
  }

  /** Closes the connection that has been idle for longest. The new connection takes over its permit. */
  #replaceIdle(key: string): boolean {
    const [oldest] = this.#idle.get(key) ?? [];
    if (oldest === undefined) return false;
    this.#remove(oldest);
    oldest.socket.destroy();
    return true;
  }

  #release(connection: AnonymousConnection): void {
    if (connection.isReleased) return;
    this.#remove(connection);
    this.#permits.release(connection.key);
  }

  #remove(connection: AnonymousConnection): void {
    connection.isReleased = true;
    this.#removeIdle(connection);
    const { name } = connection;
    // Another connection can have the same name by now: a closed connection has no address.
    if (this.#connections.get(name) === connection) this.#connections.delete(name);
  }

  #markIdle(connection: AnonymousConnection): void {
    const idle = this.#idle.get(connection.key) ?? new Set();
    idle.add(connection);
    this.#idle.set(connection.key, idle);
  }

  #markActive(connection: AnonymousConnection): void {
    connection.requests++;
    this.#removeIdle(connection);
  }

  #removeIdle(connection: AnonymousConnection): void {
    const idle = this.#idle.get(connection.key);
    if (idle?.delete(connection) === true && idle.size === 0) this.#idle.delete(connection.key);
  }
}

/** Identifies a connection: the same for a TLS connection and for the TCP connection below it. */
export function nameOf({ localPort, remoteAddress, remotePort }: Socket): string {
  return `${localPort ?? ''} ${remoteAddress ?? ''} ${remotePort ?? ''}`;
}
