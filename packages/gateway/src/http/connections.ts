import type { Server, Socket } from 'node:net';
import { nameOf } from './occupancy.ts';

/** The TCP connections of a server, those included that have not got through their TLS handshake. */
export class Connections {
  readonly #sockets = new Map<string, Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      this.#sockets.set(name, socket);
      socket.once('close', () => this.#sockets.delete(name));
    });
  }

  /**
   * The connection below a TLS connection that failed because the client spoke plain HTTP. A word
   * without TLS is the only one that such a client understands, and the TLS connection can't give it.
   * `undefined` if it is gone, or if the client spoke something else.
   */
  plainSpeaker(secured: Socket, error: Error): Socket | undefined {
    if (!('code' in error) || error.code !== 'ERR_SSL_HTTP_REQUEST') return undefined;
    const socket = this.#sockets.get(nameOf(secured));
    return socket?.writable === true ? socket : undefined;
  }

  destroyAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}
