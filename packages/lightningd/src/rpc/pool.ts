import type { ClientCallOptions } from './call.ts';
import { connectSocket } from './connect.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { TransportError } from './errors.ts';
import { newsHeard } from './event-loop.ts';

/** How many connections a pool has. */
export interface PoolOptions {
  readonly socketPath: string;
  readonly maxConnections: number;
  readonly idleConnections: number;
}

/** Connections to one node, kept between calls. */
export class ConnectionPool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #all = new Set<Connection>();
  /** The newest last: it is used first, so that the surplus of a busy hour stays at the bottom. */
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  /** Connections of one call each. */
  readonly #own = new WeakSet<Connection>();
  #closed = false;
  #opening = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * A connection for one call; it comes back by itself when the reply is complete. With
   * `ownConnection` it is new, and is closed instead.
   */
  async acquire(
    signal: AbortSignal | undefined,
    { ownConnection = false }: Pick<ClientCallOptions, 'ownConnection'> = {},
  ): Promise<Connection> {
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    const { maxConnections } = this.#options;
    if (this.#busy.size + this.#opening >= maxConnections) {
      throw new TransportError('overloaded', `${maxConnections} calls are in flight already`);
    }
    this.#opening++;
    try {
      const kept = ownConnection ? undefined : await this.#rested();
      const connection = kept ?? (await this.#connect(signal));
      if (ownConnection) this.#own.add(connection);
      if (signal?.aborted === true || this.#closed) {
        if (connection.alive) this.#keep(connection);
        signal?.throwIfAborted();
        throw closedError();
      }
      this.#busy.add(connection);
      return connection;
    } finally {
      this.#opening--;
      this.#tellIfEmpty();
    }
  }

  connectionFree(connection: Connection): void {
    this.#busy.delete(connection);
    this.#keep(connection);
  }

  connectionGone(connection: Connection): void {
    this.#busy.delete(connection);
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#tellIfEmpty();
  }

  /** Closes every connection; calls in flight fail with `closed`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#all) connection.destroy(closedError());
    if (this.#opening === 0) return;
    await new Promise<void>((resolve) => {
      const before = this.#whenEmpty;
      this.#whenEmpty = () => {
        before?.();
        resolve();
      };
    });
  }

  /** The newest idle connection that still stands. */
  async #rested(): Promise<Connection | undefined> {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) return undefined;
      await newsHeard();
      if (connection.alive) return connection;
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<Connection> {
    const socket = await connectSocket(this.#options.socketPath, signal);
    const connection = new Connection(socket, this);
    this.#all.add(connection);
    return connection;
  }

  #keep(connection: Connection): void {
    const isSurplus = this.#idle.length >= this.#options.idleConnections;
    if (this.#closed || isSurplus || this.#own.has(connection) || connection.isChanged) {
      connection.destroy(closedError());
      return;
    }
    connection.park();
    this.#idle.push(connection);
  }

  #tellIfEmpty(): void {
    if (this.#opening > 0) return;
    this.#whenEmpty?.();
    this.#whenEmpty = undefined;
  }
}

/** The client was closed by its owner. */
export function closedError(): TransportError {
  return new TransportError('closed', 'the client is closed');
}
