import { chmodSync, rmSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { once } from 'node:events';
import { isMainThread } from 'node:worker_threads';
import type { ConnectionSettings } from '../commands/command.ts';
import type { Node } from '../node.ts';
import { SandboxError } from '../sandbox-error.ts';
import { Connection } from './connection.ts';

/** What a socket's path can have: sun_path of Linux, less its end. */
const LONGEST_PATH = 107;

/** How many callers may be waiting to be let in: a burst of them is nothing to refuse. */
const BACKLOG = 1024;

/** The JSON-RPC socket. */
export class RpcServer {
  readonly path: string;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  /** Resolves when the last connection has gone, after `close`. */
  readonly closed: Promise<void>;
  #close: () => void = () => undefined;
  #closing = false;

  private constructor(node: Node, path: string) {
    this.path = path;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#server = createServer((socket) => {
      const connection = new Connection(node, socket);
      this.#connections.add(connection);
      socket.on('close', () => {
        this.#connections.delete(connection);
        this.#closeIfEmpty();
      });
    });
  }

  /**
   * Listens. A socket file that nobody answers at is one that was left behind, and replaced.
   *
   * @param mode - who may connect, as the file's permissions
   * @throws SandboxError `already_running` when somebody answers
   */
  static async listen(node: Node, path: string, mode: number): Promise<RpcServer> {
    if (Buffer.byteLength(path) > LONGEST_PATH) {
      throw new SandboxError('bad_option', `rpc filename '${path}' too long`);
    }
    if (await isAnswered(path)) {
      throw new SandboxError('already_running', `rpc filename '${path}' in use`);
    }
    rmSync(path, { force: true });
    const server = new RpcServer(node, path);
    await server.#listen(mode);
    return server;
  }

  async #listen(mode: number): Promise<void> {
    // The file is made with these permissions: nobody slips in before a chmod. A worker thread
    // can't set the process's mask; there the directory, which is private, must do.
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

  /** No new connections; those there are stay. The socket file goes. */
  stopListening(): void {
    this.#server.close();
  }

  /**
   * Closes all connections at once, but for the one that is still to be answered, which closes
   * when it has been.
   *
   * @param last - the settings object of that connection
   */
  close(last: ConnectionSettings | undefined): void {
    this.#closing = true;
    for (const connection of this.#connections) {
      if (connection.settings === last) connection.closeWhenAnswered();
      else connection.destroy();
    }
    this.#closeIfEmpty();
  }

  #closeIfEmpty(): void {
    if (this.#closing && this.#connections.size === 0) this.#close();
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
  });
}
