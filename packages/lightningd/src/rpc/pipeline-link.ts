import type { Socket } from 'node:net';
import { FrameError } from '../json/frame-error.ts';
import { TransportError } from './errors.ts';
import { ReplyScanner, type ReplyEnd, type ReplyHandler } from './reply-scanner.ts';
import { joinText } from './text-receiver.ts';

/** A call on its way. Either `replied` or `failed` is called, once. */
export interface PipelinedCall {
  readonly id: string;
  readonly method: string;
  readonly request: string;
  /** The whole result, or the raw text of the error. */
  replied(reply: { resultText: string } | { errorText: string }): void;
  failed(error: unknown): void;
}

/** One connection of a pipeline: many calls in flight, told apart by their ids. */
export class PipelineLink implements ReplyHandler {
  readonly #socket: Socket;
  readonly #maxResultBytes: number;
  readonly #onGone: (link: PipelineLink) => void;
  readonly #scanner = new ReplyScanner(this);
  readonly #inFlight = new Map<string, PipelinedCall>();
  /** Calls that nobody waits for any more; their replies are dropped. */
  readonly #forgotten = new Set<string>();
  #pieces: Buffer[] = [];
  #bytes = 0;
  #keeping = true;
  #gone = false;
  #retired = false;

  constructor(socket: Socket, maxResultBytes: number, onGone: (link: PipelineLink) => void) {
    this.#socket = socket;
    this.#maxResultBytes = maxResultBytes;
    this.#onGone = onGone;
    socket.unref();
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.once('end', () => this.#lost());
    socket.once('error', (error) => this.#lost(error));
    socket.once('close', () => this.#lost());
  }

  get alive(): boolean {
    return !this.#gone && !this.#socket.destroyed;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get forgotten(): number {
    return this.#forgotten.size;
  }

  knows(id: string): boolean {
    return this.#inFlight.has(id) || this.#forgotten.has(id);
  }

  /** Writes these calls at once, so that they reach the node together. Each is written only once. */
  write(calls: readonly PipelinedCall[]): void {
    for (const call of calls) this.#inFlight.set(call.id, call);
    this.#socket.ref();
    this.#socket.write(calls.map((call) => call.request).join(''));
  }

  /** Drops the reply of this call when it comes. The others are not touched. */
  forget(id: string): void {
    if (!this.#inFlight.delete(id)) return;
    this.#forgotten.add(id);
    this.#rest();
  }

  /** Takes no more calls, and closes when those in flight have their replies. */
  retire(): void {
    this.#retired = true;
    this.#rest();
  }

  /** Closes at once. Calls in flight fail with the error. */
  destroy(error: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#socket.destroy();
    const calls = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#forgotten.clear();
    this.#pieces = [];
    for (const call of calls) call.failed(error);
    this.#onGone(this);
  }

  resultBegin(idText: string | undefined): void {
    this.#keeping = idText === undefined || this.#inFlight.has(readId(idText));
  }

  resultBytes(piece: Buffer): void {
    if (!this.#keeping || this.#gone) return;
    this.#bytes += piece.length;
    this.#pieces.push(piece);
    // No other call gets its reply before this one ends, if it ever does: closing frees all of them.
    if (this.#bytes > this.#maxResultBytes) this.destroy(tooLong(this.#maxResultBytes));
  }

  replyEnd({ idText, hasResult, errorText }: ReplyEnd): void {
    const [pieces, bytes] = [this.#pieces, this.#bytes];
    this.#pieces = [];
    this.#bytes = 0;
    this.#keeping = true;
    if (idText === undefined) throw new FrameError('a reply without an id');
    const id = readId(idText);
    const call = this.#inFlight.get(id);
    if (call === undefined) {
      if (!this.#forgotten.delete(id)) {
        throw new FrameError('a reply to something that was not asked');
      }
      return;
    }
    if (errorText !== undefined) {
      call.replied({ errorText });
    } else if (!hasResult) {
      throw new FrameError('a reply with neither result nor error');
    } else {
      call.replied({ resultText: joinText(pieces, bytes) });
    }
    this.#inFlight.delete(id);
  }

  #read(piece: Buffer): void {
    try {
      this.#scanner.push(piece);
    } catch (cause) {
      if (!(cause instanceof FrameError)) throw cause;
      this.destroy(
        new TransportError('malformed_reply', `what the node sent is no reply: ${cause.message}`, {
          cause,
        }),
      );
      return;
    }
    this.#rest();
  }

  /** With nothing in flight the connection does not keep the program running. */
  #rest(): void {
    if (this.#inFlight.size > 0) return;
    this.#socket.unref();
    if (this.#retired) this.destroy(undefined);
  }

  #lost(cause?: Error): void {
    this.destroy(
      new TransportError('closed', 'the node closed the connection before it had answered', {
        ...(cause && { cause }),
      }),
    );
  }
}

/** The error of all calls in flight on a connection whose result is too long. */
function tooLong(maxBytes: number): TransportError {
  return new TransportError('too_large', `the node sent a result of more than ${maxBytes} bytes`);
}

/** An id's raw text as our string; a number or null becomes a text that is no id of ours. */
function readId(idText: string): string {
  try {
    const id: unknown = JSON.parse(idText);
    return typeof id === 'string' ? id : '';
  } catch (cause) {
    throw new FrameError('an id that is no JSON', { cause });
  }
}
