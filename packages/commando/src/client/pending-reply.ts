import { ClnrestError } from '@clnrest/client';
import { ObjectMembers } from '@clnrest/json';
import { errorFromReply } from './reply-error.ts';

/** The node's errors are shorter. */
const MAX_ERROR_LENGTH = 1024 * 1024;

/** Limits and events of a {@link PendingReply}. */
export interface PendingReplyOptions {
  readonly rune: string | undefined;
  /** Maximum number of bytes that wait for the reader. */
  readonly maxUnreadBytes: number;
  /** The reader waits, or has taken what waited. */
  readonly onRead: () => void;
}

/**
 * The reply to one command: cuts the result out of the pieces, and passes it on as it arrives. It holds only what its reader has
 * not taken yet.
 */
export class PendingReply {
  readonly #options: PendingReplyOptions;
  readonly #members = new ObjectMembers((name, piece, isLast) => this.#take(name, piece, isLast));
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #hasResult = false;
  #fromCommand = false;
  #error = '';
  #ended = false;
  #failure: ClnrestError | undefined;
  #wake: (() => void) | undefined;

  constructor(options: PendingReplyOptions) {
    this.#options = options;
  }

  /** Bytes that wait for the reader. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Nothing more arrives. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** The reader waits for bytes. */
  get isStarving(): boolean {
    return this.#wake !== undefined;
  }

  /** Takes the next piece of the reply. */
  push(json: Uint8Array, isLast: boolean): void {
    if (this.#ended) return;
    try {
      this.#members.push(this.#decoder.decode(json, { stream: !isLast }));
      if (isLast) this.#finish();
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      // The cause is dropped: it could quote a secret.
      this.fail(new ClnrestError('malformed_answer', 'The reply is not the expected JSON'));
    }
    if (this.#unreadBytes > this.#options.maxUnreadBytes) {
      const words = `The reply arrives faster than it is read: ${this.#unreadBytes} bytes wait`;
      this.fail(new ClnrestError('too_large', words));
    }
    this.#notify();
  }

  /** Ends the reply with an error. */
  fail(error: ClnrestError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = error;
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#notify();
  }

  /** Resolves when the result begins. Rejects with the node's error, or when the signal aborts. */
  async begin(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    while (!this.#hasResult && !this.#ended) await this.#more(signal);
    if (this.#failure !== undefined) throw this.#failure;
    return this.#read(signal);
  }

  async *#read(signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const pieces = this.#unread;
      this.#unread = [];
      this.#unreadBytes = 0;
      if (pieces.length > 0) this.#options.onRead();
      for (const piece of pieces) yield piece;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#unread.length > 0) continue;
      if (this.#ended) return;
      await this.#more(signal);
    }
  }

  /** Waits for more. */
  async #more(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve } = withResolver();
    this.#wake = resolve;
    this.#options.onRead();
    await promise;
    signal.throwIfAborted();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #take(name: string, piece: string, isLast: boolean): void {
    if (name === 'jsonrpc') this.#fromCommand = true;
    else if (name === 'error') this.#takeError(piece);
    else if (name === 'result' && this.#error === '') this.#takeResult(piece);
    else if (isLast) return;
  }

  #takeError(piece: string): void {
    if (this.#hasResult) return;
    if (this.#error.length + piece.length > MAX_ERROR_LENGTH) {
      throw new SyntaxError('the error is too long');
    }
    this.#error += piece;
  }

  #takeResult(piece: string): void {
    const bytes = this.#encoder.encode(piece);
    this.#hasResult = true;
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.length;
  }

  #finish(): void {
    this.#members.end();
    if (this.#hasResult) {
      this.#ended = true;
      return;
    }
    const { rune } = this.#options;
    this.fail(
      this.#error === ''
        ? new ClnrestError('malformed_answer', 'The reply has neither a result nor an error')
        : errorFromReply(this.#error, { rune, fromCommand: this.#fromCommand }),
    );
  }
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
