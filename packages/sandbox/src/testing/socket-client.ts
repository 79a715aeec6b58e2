import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A parsed reply. Integers above 2^53 are exact only in `text`. */
export interface Reply {
  readonly text: string;
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { code: number; message: string; data?: unknown };
}

/** A minimal client of the socket: a reply ends at an empty line. */
export class SocketClient {
  readonly socket: Socket;
  /** Replies that have arrived and were not read. */
  readonly #replies: string[] = [];
  /** The pieces of a reply that has not arrived completely. */
  #pieces: string[] = [];
  #ended = false;
  #wake: () => void = () => undefined;
  #next = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#add(text);
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** Connects until the test ends, or when `atEnd` calls. */
  static async connect(
    path: string,
    atEnd: (close: () => void) => void = (close) => onTestFinished(close),
  ): Promise<SocketClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    atEnd(() => {
      socket.destroy();
    });
    return new SocketClient(socket);
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** The text of the next reply, without its end; undefined if the connection has closed. */
  async read(): Promise<string | undefined> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Splits the text into replies. Searches each text once: replies of many megabytes arrive in small pieces. */
  #add(text: string): void {
    // The end of a reply can be split, too.
    const last = this.#pieces.at(-1);
    const joined = last?.endsWith('\n') === true ? `${this.#pieces.pop()}${text}` : text;
    const parts = joined.split('\n\n');
    const rest = parts.pop() ?? '';
    for (const part of parts) {
      this.#replies.push([...this.#pieces, part].join(''));
      this.#pieces = [];
    }
    if (rest !== '') this.#pieces.push(rest);
  }

  /** Sends a request verbatim. @returns the text of the next reply */
  async exchange(request: string | Buffer): Promise<string> {
    this.write(request);
    return (await this.read()) ?? '';
  }

  /** Calls a command. String parameters are sent verbatim as JSON text. */
  async call(method: string, params: unknown = {}): Promise<Reply> {
    const id = `test#${this.#next++}`;
    const written = typeof params === 'string' ? params : JSON.stringify(params);
    const text = await this.exchange(
      `{"jsonrpc":"2.0","id":"${id}","method":${JSON.stringify(method)},"params":${written}}`,
    );
    return { ...(JSON.parse(text) as Reply), text };
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
