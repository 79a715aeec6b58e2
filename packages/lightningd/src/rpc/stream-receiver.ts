import { Readable } from 'node:stream';
import { nodeError } from './node-error.ts';
import type { ReplyReceiver } from './connection.ts';

/**
 * Bytes buffered for a slow reader, in addition to the piece that has just arrived (64 KiB). The
 * system buffers some 200 KB more in the socket before the node has to wait.
 */
const READ_AHEAD_BYTES = 128 * 1024;

/** Controls the connection of a {@link StreamReceiver}. */
export interface StreamControl {
  /** The reader is ready for more. */
  resume(): void;
  /** The reader destroyed the stream before its end. */
  abort(error: unknown): void;
  /** The reply has ended or failed. */
  finished(): void;
}

/**
 * Returns a result that arrives in one piece whole, and streams others as they arrive. The promise resolves when a result
 * starts, so the reply is not an error then; a later failure destroys the stream.
 *
 * All native replies and those of well-behaved plugins have the id before the result. If the id follows
 * the result, the stream starts anyway, because a connection has only one call in flight, and is
 * destroyed at its end if the id is wrong. A reply that arrives in one piece, as small ones do, is
 * checked completely before the promise resolves.
 */
export class StreamReceiver implements ReplyReceiver {
  readonly bytes: Promise<Buffer | Readable>;
  readonly #parse: (text: string) => unknown;
  readonly #control: StreamControl;
  #resolve: (bytes: Buffer | Readable) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  /** The first piece, until it is known whether the result has more. */
  #first: Buffer | undefined;
  #readable: Readable | undefined;
  #isResolved = false;
  #finished = false;
  #wantsMore = true;

  constructor(parse: (text: string) => unknown, control: StreamControl) {
    this.#parse = parse;
    this.#control = control;
    this.bytes = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resultBytes(piece: Buffer): void {
    if (this.#readable === undefined && this.#first === undefined) {
      this.#first = piece;
      return;
    }
    this.#wantsMore = this.#stream().push(piece);
  }

  pieceEnd(): boolean {
    const hasStarted = this.#readable !== undefined || this.#first !== undefined;
    if (!this.#finished && hasStarted) this.#resolveWith(this.#stream());
    return this.#wantsMore;
  }

  replied(errorText: string | undefined): void {
    if (errorText !== undefined) {
      this.failed(nodeError(errorText, this.#parse));
      return;
    }
    this.#finish();
    if (this.#readable === undefined) {
      this.#resolveWith(this.#first ?? Buffer.alloc(0));
    } else {
      this.#readable.push(null);
      this.#resolveWith(this.#readable);
    }
  }

  failed(error: unknown): void {
    if (this.#finished) return;
    this.#finish();
    if (this.#isResolved) {
      this.#readable?.destroy(error instanceof Error ? error : new Error(String(error)));
    } else {
      this.#readable?.destroy();
      this.#reject(error);
    }
  }

  /** The stream, which begins with the first piece. */
  #stream(): Readable {
    if (this.#readable !== undefined) return this.#readable;
    this.#readable = this.#open();
    if (this.#first !== undefined) this.#wantsMore = this.#readable.push(this.#first);
    this.#first = undefined;
    return this.#readable;
  }

  #open(): Readable {
    return new Readable({
      highWaterMark: READ_AHEAD_BYTES,
      read: () => {
        this.#wantsMore = true;
        if (!this.#finished) this.#control.resume();
      },
      destroy: (error, callback) => {
        if (!this.#finished) {
          this.#finish();
          this.#control.abort(error);
        }
        callback(error);
      },
    });
  }

  #resolveWith(bytes: Buffer | Readable): void {
    this.#isResolved = true;
    this.#resolve(bytes);
  }

  #finish(): void {
    this.#finished = true;
    this.#control.finished();
  }
}
