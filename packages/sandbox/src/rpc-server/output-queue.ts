import type { Socket } from 'node:net';

/** OutputItem: complete, or generated in pieces while the client reads. */
export type OutputItem = string | Buffer | Generator<string>;

/** Characters that one write collects. */
const WRITE_LENGTH = 65_536;

/**
 * The output of a connection, in order.
 *
 * A long reply is generated only as far as the client has room for it. A client that does not read therefore costs
 * neither memory nor time.
 *
 * Writes wait for the next turn of the event loop, which collects the replies to pipelined requests. lightningd also
 * notices the end of a half-closed connection before it writes, so that such a client gets no reply.
 */
export class OutputQueue {
  readonly #socket: Socket;
  readonly #onIdle: () => void;
  readonly #onFailure: (error: unknown) => void;
  #outputs: OutputItem[] = [];
  #scheduled = false;
  #blocked = false;

  constructor(socket: Socket, onIdle: () => void, onFailure: (error: unknown) => void) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    this.#onFailure = onFailure;
    socket.on('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
  }

  /** All that was pushed has been taken by the operating system. */
  get idle(): boolean {
    return this.#outputs.length === 0 && !this.#blocked;
  }

  push(...outputs: readonly OutputItem[]): void {
    this.#outputs.push(...outputs);
    if (this.#scheduled || this.#blocked) return;
    this.#scheduled = true;
    setImmediate(() => setImmediate(() => this.#flush()));
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#socket.destroyed) return;
    try {
      while (!this.#blocked) {
        const data = this.#next();
        if (data === undefined) break;
        this.#blocked = !this.#socket.write(data);
      }
    } catch (error) {
      this.#onFailure(error);
      return;
    }
    if (this.idle) this.#onIdle();
  }

  #next(): string | Buffer | undefined {
    let text = '';
    let taken = 0;
    for (const output of this.#outputs) {
      if (text.length >= WRITE_LENGTH) break;
      if (typeof output === 'string') {
        text += output;
        taken++;
      } else if (Buffer.isBuffer(output)) {
        if (text !== '') break;
        this.#outputs = this.#outputs.slice(taken + 1);
        return output;
      } else {
        const piece = output.next();
        if (piece.done === true) {
          taken++;
        } else {
          text += piece.value;
          break;
        }
      }
    }
    this.#outputs = taken === this.#outputs.length ? [] : this.#outputs.slice(taken);
    return text === '' ? (this.#outputs.length > 0 ? this.#next() : undefined) : text;
  }
}
