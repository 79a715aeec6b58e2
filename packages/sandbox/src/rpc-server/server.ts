import { chmodSync, linkSync, renameSync, rmSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { once } from 'node:events';
import { isMainThread } from 'node:worker_threads';
import type { ConnectionSettings } from '../commands/command.ts';
import type { Node } from '../node.ts';
import { SandboxError } from '../sandbox-error.ts';
import { RpcConnection } from './connection.ts';

/** Bytes of a socket's path: Linux's sun_path without the final zero. */
const MAX_PATH_BYTES = 107;

/** Connections that wait to be accepted. Bursts of clients must not be rejected. */
const BACKLOG = 1024;

/** The server of the JSON-RPC socket. */
export class RpcServer {
  readonly path: string;
  readonly #server: Server;
  readonly #connections = new Set<RpcConnection>();
  /** Resolves when the last connection has closed, after `close`. */
  readonly closed: Promise<void>;
  #close: () => void = () => undefined;
  #closing = false;

  private constructor(node: Node, path: string) {
    this.path = path;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#server = createServer((socket) => {
      const connection = new RpcConnection(node, socket);
      this.#connections.add(connection);
      socket.on('close', () => {
        this.#connections.delete(connection);
        this.#closeIfEmpty();
      });
    });
  }

  /**
   * Listens. Replaces a socket file that accepts no connections.
   *
   * @param mode - the permissions of the socket file
   * @throws SandboxError `already_running` if another process accepts connections at the path
   */
  static async listen(node: Node, path: string, mode: number): Promise<RpcServer> {
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
      throw new SandboxError('bad_option', `rpc filename '${path}' too long`);
    }
    if (await acceptsConnections(path)) {
      throw new SandboxError('already_running', `rpc filename '${path}' in use`);
    }
    rmSync(path, { force: true });
    const server = new RpcServer(node, path);
    await server.#listen(mode);
    return server;
  }

  async #listen(mode: number): Promise<void> {
    // With the mask, the file never has wider permissions. A worker thread cannot set the process's mask; there, the
    // private directory protects the file.
    const mask = isMainThread ? process.umask(0o777 & ~mode) : undefined;
    try {
      this.#server.listen({ path: this.path, backlog: BACKLOG });
    } finally {
      if (mask !== undefined) process.umask(mask);
    }
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      throw new SandboxError('bad_option', `Binding rpc socket to '${this.path}'`, {
        cause: error,
      });
    }
    chmodSync(this.path, mode);
  }

  /**
   * Rejects new connections, and keeps the existing ones. The socket file stays, as in lightningd: a client that connects
   * gets ECONNREFUSED.
   */
  stopListening(): void {
    const kept = `${this.path}~`;
    try {
      rmSync(kept, { force: true });
      linkSync(this.path, kept);
    } catch {
      // A file system without hard links. Node.js removes the file.
      this.#server.close();
      return;
    }
    this.#server.close();
    renameSync(kept, this.path);
  }

  /**
   * Closes all connections. The one with a pending reply closes after it.
   *
   * @param last - the settings object of the connection with a pending reply
   */
  close(last: ConnectionSettings | undefined): void {
    this.#closing = true;
    for (const connection of this.#connections) {
      if (connection.settings === last) connection.closeAfterReplies();
      else connection.destroy();
    }
    this.#closeIfEmpty();
  }

  #closeIfEmpty(): void {
    if (this.#closing && this.#connections.size === 0) this.#close();
  }
}

function acceptsConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}
