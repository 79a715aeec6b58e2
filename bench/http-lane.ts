import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * A kept connection that repeats one request. The client must cost less than the server that it measures,
 * so it writes prepared bytes and only looks for the end of each response.
 */
export class HttpLane {
  readonly #socket: Socket;
  readonly #request: Buffer;

  private constructor(socket: Socket, request: Buffer) {
    this.#socket = socket;
    this.#request = request;
  }

  static async open(url: URL, ca: Buffer | undefined, request: string): Promise<HttpLane> {
    const port = Number(url.port);
    const host = url.hostname;
    const socket = ca === undefined ? connectTcp({ port, host }) : connectTls({ port, host, ca });
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once(ca === undefined ? 'connect' : 'secureConnect', resolve);
    });
    return new HttpLane(socket, Buffer.from(request));
  }

  /** Sends the request and reads the whole response. */
  exchange(): Promise<void> {
    return new Promise((resolve, reject) => {
      let head = '';
      let left = -1;
      let chunked = false;
      let tail = '';
      const done = (error?: Error): void => {
        this.#socket.off('data', read);
        this.#socket.off('error', done);
        this.#socket.off('close', closed);
        if (error === undefined) resolve();
        else reject(error);
      };
      const closed = (): void => done(new Error('the server closed the connection'));
      const read = (data: Buffer): void => {
        let from = 0;
        if (left < 0 && !chunked) {
          head += data.toString('latin1');
          const end = head.indexOf('\r\n\r\n');
          if (end < 0) return;
          if (!head.startsWith('HTTP/1.1 20')) return done(new Error(head));
          const length = /\r\ncontent-length: ([0-9]+)/i.exec(head)?.[1];
          chunked = length === undefined;
          left = Number(length ?? 0);
          from = data.length - (head.length - end - 4);
        }
        if (chunked) {
          tail = (tail + data.subarray(Math.max(from, data.length - 7)).toString('latin1')).slice(
            -7,
          );
          if (tail.endsWith('\r\n0\r\n\r\n') || tail === '0\r\n\r\n') done();
        } else {
          left -= data.length - from;
          if (left <= 0) done();
        }
      };
      this.#socket.on('data', read);
      this.#socket.once('error', done);
      this.#socket.once('close', closed);
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
