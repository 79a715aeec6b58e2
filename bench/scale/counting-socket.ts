import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Each request on the node's socket contains this once. */
const REQUEST = '"jsonrpc"';

/** A socket that passes everything on to a node's socket, and counts it. */
export class CountingSocket {
  /** Requests of all clients so far. */
  commands = 0;
  /** Bytes in both directions so far. */
  bytes = 0;
  readonly path: string;
  readonly #target: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(path: string, target: string) {
    this.path = path;
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#passOn(client));
  }

  static async listen(path: string, target: string): Promise<CountingSocket> {
    const socket = new CountingSocket(path, target);
    socket.#server.listen(path);
    await once(socket.#server, 'listening');
    return socket;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #passOn(client: Socket): void {
    const node = connect({ path: this.#target, allowHalfOpen: true });
    this.#sockets.add(client).add(node);
    let end = '';
    client.on('data', (data) => {
      const text = end + data.toString('latin1');
      this.commands += text.split(REQUEST).length - 1;
      // A part of the word, which the next piece can complete.
      end = text.slice(1 - REQUEST.length);
      this.bytes += data.length;
    });
    node.on('data', (data) => (this.bytes += data.length));
    client.pipe(node).pipe(client);
    this.#endTogether(client, node);
    this.#endTogether(node, client);
  }

  #endTogether(socket: Socket, other: Socket): void {
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      other.destroySoon();
    });
  }
}
