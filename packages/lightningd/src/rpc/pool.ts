import type { ClientCallOptions } from './call.ts';
import { connectSocket } from './connect.ts';
import { RpcConnection, type ConnectionOwner } from './connection.ts';
import { TransportError } from './errors.ts';

/** Options of a {@link ConnectionPool}. */
export interface PoolOptions {
  readonly socketPath: string;
  readonly maxConnections: number;
  readonly idleConnections: number;
}

/** A connection for one call. */
export interface AcquiredConnection {
  readonly connection: RpcConnection;
  /** It served other calls, so the node can have closed it in the meantime. */
  readonly isKept: boolean;
}

/** Connections to one node, kept between calls. */
export class ConnectionPool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #all = new Set<RpcConnection>();
  /** A stack: the newest connection is reused first, and surplus ones from a busy time stay unused. */
  readonly #idle: RpcConnection[] = [];
  readonly #busy = new Set<RpcConnection>();
  /** Connections that serve one call only. */
  readonly #own = new WeakSet<RpcConnection>();
  #closed = false;
  #opening = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Acquires a connection for one call. The connection returns to the pool when the reply is complete.
   * With `ownConnection` it is new, and closes instead.
   */
  async acquire(
    signal: AbortSignal | undefined,
    { ownConnection = false }: Pick<ClientCallOptions, 'ownConnection'> = {},
  ): Promise<AcquiredConnection> {
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    const { maxConnections } = this.#options;
    if (this.#busy.size + this.#opening >= maxConnections) {
      throw new TransportError('overloaded', `${maxConnections} calls are already in flight`);
    }
    this.#opening++;
    try {
      const kept = ownConnection ? undefined : this.#takeIdle();
      if (kept !== undefined) {
        this.#busy.add(kept);
        return { connection: kept, isKept: true };
      }
      const connection = await this.#connect(signal);
      if (ownConnection) this.#own.add(connection);
      if (signal?.aborted === true || this.#closed) {
        if (connection.alive) this.#release(connection);
        signal?.throwIfAborted();
        throw closedError();
      }
      this.#busy.add(connection);
      return { connection, isKept: false };
    } finally {
      this.#opening--;
      this.#resolveIfEmpty();
    }
  }

  connectionFree(connection: RpcConnection): void {
    this.#busy.delete(connection);
    this.#release(connection);
  }

  connectionClosed(connection: RpcConnection): void {
    this.#busy.delete(connection);
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#resolveIfEmpty();
  }

  /** Closes every connection. Calls in flight fail with `closed`. */
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

  /**
   * Removes and returns the newest idle connection. If the node has just closed it, writing the request fails, and the
   * client uses another one.
   */
  #takeIdle(): RpcConnection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || connection.alive) return connection;
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<RpcConnection> {
    const socket = await connectSocket(this.#options.socketPath, signal);
    const connection = new RpcConnection(socket, this);
    this.#all.add(connection);
    return connection;
  }

  #release(connection: RpcConnection): void {
    const isSurplus = this.#idle.length >= this.#options.idleConnections;
    if (this.#closed || isSurplus || this.#own.has(connection) || connection.isChanged) {
      connection.destroy(closedError());
      return;
    }
    connection.unref();
    this.#idle.push(connection);
  }

  #resolveIfEmpty(): void {
    if (this.#opening > 0) return;
    this.#whenEmpty?.();
    this.#whenEmpty = undefined;
  }
}

/** The error of calls on a closed client. */
export function closedError(): TransportError {
  return new TransportError('closed', 'the client is closed');
}
