import type { Socket } from 'node:net';
import { FrameError } from '@clnrest/json/bytes';
import { TransportError } from './errors.ts';
import { ReplyScanner, type ReplyEnd, type ReplyHandler } from './reply-scanner.ts';
import { joinText } from './text-receiver.ts';

/** A queued or pending call. Either `replied` or `failed` is called, once. */
export interface PipelinedCall {
  readonly id: string;
  readonly method: string;
  readonly request: string;
  /** The whole result, or the raw text of the error. */
  replied(reply: { resultText: string } | { errorText: string }): void;
  failed(error: unknown): void;
}

/** One connection of a pipeline: many calls in flight, distinguished by their ids. */
export class PipelineConnection implements ReplyHandler {
  readonly #socket: Socket;
  readonly #maxResultBytes: number;
  readonly #onClosed: (connection: PipelineConnection) => void;
  readonly #scanner = new ReplyScanner(this);
  readonly #inFlight = new Map<string, PipelinedCall>();
  /** Ids of aborted calls, whose replies are discarded. */
  readonly #discarded = new Set<string>();
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isWanted = true;
  #isClosed = false;
  #isDraining = false;

  constructor(
    socket: Socket,
    maxResultBytes: number,
    onClosed: (connection: PipelineConnection) => void,
  ) {
    this.#socket = socket;
    this.#maxResultBytes = maxResultBytes;
    this.#onClosed = onClosed;
    socket.unref();
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.once('end', () => this.#onClose());
    socket.once('error', (error) => this.#onClose(error));
    socket.once('close', () => this.#onClose());
  }

  get alive(): boolean {
    return !this.#isClosed && !this.#socket.destroyed;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get discarded(): number {
    return this.#discarded.size;
  }

  has(id: string): boolean {
    return this.#inFlight.has(id) || this.#discarded.has(id);
  }

  /** Writes these calls together, so that they reach the node together. Each is written only once. */
  write(calls: readonly PipelinedCall[]): void {
    for (const call of calls) this.#inFlight.set(call.id, call);
    this.#socket.ref();
    this.#socket.write(calls.map((call) => call.request).join(''));
  }

  /** Discards the reply of this call when it arrives. Other calls are not affected. */
  discard(id: string): void {
    if (!this.#inFlight.delete(id)) return;
    this.#discarded.add(id);
    this.#closeOrUnrefIfIdle();
  }

  /** Closes when all calls in flight have their replies. The caller must write no more calls. */
  drain(): void {
    this.#isDraining = true;
    this.#closeOrUnrefIfIdle();
  }

  /** Closes immediately. Calls in flight fail with the error. */
  destroy(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    const calls = [...this.#inFlight.values()];
    this.#inFlight.clear();
    this.#discarded.clear();
    this.#pieces = [];
    for (const call of calls) call.failed(error);
    this.#onClosed(this);
  }

  resultBegin(idText: string | undefined): void {
    this.#isWanted = idText === undefined || this.#inFlight.has(readId(idText));
  }

  resultBytes(piece: Buffer): void {
    if (!this.#isWanted || this.#isClosed) return;
    this.#bytes += piece.length;
    this.#pieces.push(piece);
    // No other call gets its reply before this one ends, if it ever does: closing frees all of them.
    if (this.#bytes > this.#maxResultBytes) this.destroy(tooLong(this.#maxResultBytes));
  }

  replyEnd({ idText, hasResult, errorText }: ReplyEnd): void {
    const [pieces, bytes] = [this.#pieces, this.#bytes];
    this.#pieces = [];
    this.#bytes = 0;
    this.#isWanted = true;
    if (idText === undefined) throw new FrameError('a reply without an id');
    const id = readId(idText);
    const call = this.#inFlight.get(id);
    if (call === undefined) {
      if (!this.#discarded.delete(id)) {
        throw new FrameError('a reply with an unknown id');
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
        new TransportError('malformed_reply', `the node sent a malformed reply: ${cause.message}`, {
          cause,
        }),
      );
      return;
    }
    this.#closeOrUnrefIfIdle();
  }

  /** An idle connection does not keep the program running. */
  #closeOrUnrefIfIdle(): void {
    if (this.#inFlight.size > 0) return;
    this.#socket.unref();
    if (this.#isDraining) this.destroy(undefined);
  }

  #onClose(cause?: Error): void {
    this.destroy(
      new TransportError('closed', 'the node closed the connection before its reply', {
        ...(cause && { cause }),
      }),
    );
  }
}

/** The error of all calls in flight on a connection whose result is too long. */
function tooLong(maxBytes: number): TransportError {
  return new TransportError('too_large', `the node sent a result of more than ${maxBytes} bytes`);
}

/** Parses an id. Returns an empty text for a number or null, which this client never sends. */
function readId(idText: string): string {
  try {
    const id: unknown = JSON.parse(idText);
    return typeof id === 'string' ? id : '';
  } catch (cause) {
    throw new FrameError('an id that is not valid JSON', { cause });
  }
}
