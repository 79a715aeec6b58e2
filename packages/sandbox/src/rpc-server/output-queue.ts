import type { Socket } from 'node:net';

/** Something to write: at once, or made piece by piece as the reader takes it. */
export type Output = string | Buffer | Generator<string>;

const WRITE = 65_536;

/**
 * What a connection has to write, in order.
 *
 * It makes no more of a long reply than the reader has room for, so that one that does not read
 * costs neither memory nor anybody else's time.
 *
 * A write waits for the event loop to come round once. That gathers the replies to pipelined
 * requests, and it is faithful: a caller that closes its half of the connection right behind its
 * request gets no reply from lightningd, which notices the end before it writes.
 */
export class OutputQueue {
  readonly #socket: Socket;
  readonly #onIdle: () => void;
  readonly #onFailure: (error: unknown) => void;
  #outputs: Output[] = [];
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

  push(...outputs: readonly Output[]): void {
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
      if (text.length >= WRITE) break;
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
