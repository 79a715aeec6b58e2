import { Readable } from 'node:stream';
import { nodeError } from './node-error.ts';
import type { ReplyReceiver } from './connection.ts';

/**
 * What is read ahead of a slow reader, beside the piece that has just arrived (64 KiB). The system
 * holds some 200 KB more in the socket; then the node waits.
 */
const READ_AHEAD_BYTES = 128 * 1024;

/** What a {@link StreamReceiver} needs done on its connection. */
export interface StreamControl {
  /** The reader wants more. */
  resume(): void;
  /** The reader has left before the end. */
  abandon(error: unknown): void;
  /** The reply has ended, well or badly. */
  finished(): void;
}

/**
 * Hands the result over as it arrives. The promise resolves once a result has begun, so whoever
 * awaits it knows that the reply is no error; what can fail later destroys the stream.
 *
 * All native replies and all of well-behaved plugins have the id before the result. Should the id
 * stand behind it, the stream begins nevertheless (with one call on a connection it can hardly be
 * another's) and is destroyed at its end if the id turns out to be wrong. A reply that arrives in
 * one piece, as small ones do, is judged whole before the promise resolves.
 */
export class StreamReceiver implements ReplyReceiver {
  readonly stream: Promise<Readable>;
  readonly #parse: (text: string) => unknown;
  readonly #control: StreamControl;
  #resolve: (stream: Readable) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #readable: Readable | undefined;
  #handedOver = false;
  #finished = false;
  #wantsMore = true;

  constructor(parse: (text: string) => unknown, control: StreamControl) {
    this.#parse = parse;
    this.#control = control;
    this.stream = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resultBytes(piece: Buffer): void {
    this.#readable ??= this.#open();
    this.#wantsMore = this.#readable.push(piece);
  }

  pieceEnd(): boolean {
    if (!this.#finished && this.#readable !== undefined) this.#handOver(this.#readable);
    return this.#wantsMore;
  }

  replied(errorText: string | undefined): void {
    if (errorText !== undefined) {
      this.failed(nodeError(errorText, this.#parse));
      return;
    }
    this.#finish();
    const readable = (this.#readable ??= this.#open());
    readable.push(null);
    this.#handOver(readable);
  }

  failed(error: unknown): void {
    if (this.#finished) return;
    this.#finish();
    if (this.#handedOver) {
      this.#readable?.destroy(error instanceof Error ? error : new Error(String(error)));
    } else {
      this.#readable?.destroy();
      this.#reject(error);
    }
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
          this.#control.abandon(error);
        }
        callback(error);
      },
    });
  }

  #handOver(readable: Readable): void {
    this.#handedOver = true;
    this.#resolve(readable);
  }

  #finish(): void {
    this.#finished = true;
    this.#control.finished();
  }
}
