import type { Server, Socket } from 'node:net';
import { nameOf } from './anonymous-connections.ts';

/** The TCP connections of a server, including those whose TLS handshake is incomplete. */
export class TcpConnections {
  readonly #sockets = new Map<string, Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      this.#sockets.set(name, socket);
      socket.once('close', () => this.#sockets.delete(name));
    });
  }

  /**
   * Returns the TCP connection below a TLS connection that failed because the client sent plain HTTP.
   * Such a client understands only a response without TLS, which the TLS connection cannot send.
   * Returns `undefined` if that connection is closed, or if the client sent something else.
   */
  plainHttpSocket(secured: Socket, error: Error): Socket | undefined {
    if (!('code' in error) || error.code !== 'ERR_SSL_HTTP_REQUEST') return undefined;
    const socket = this.#sockets.get(nameOf(secured));
    return socket?.writable === true ? socket : undefined;
  }

  destroyAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}
