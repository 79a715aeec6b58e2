import { FrameError } from '../json/frame-error.ts';
import { ObjectScanner, type ObjectHandler } from '../json/object-scanner.ts';

/** Is told of replies as their bytes arrive. */
export interface ReplyHandler {
  /** The node has sent a notification, which is skipped. */
  notified?(): void;
  /** A result is about to come. `idText` is undefined if the id stands behind it. */
  resultBegin(idText: string | undefined): void;
  /** A piece of the result's raw bytes. */
  resultBytes(piece: Buffer): void;
  /** The reply is complete. */
  replyEnd(reply: ReplyEnd): void;
}

/** What is known of a reply when its last byte has come. */
export interface ReplyEnd {
  /** The raw text of the id; undefined if there was none. */
  readonly idText: string | undefined;
  readonly hasResult: boolean;
  /** The raw text of the error; undefined if there was none, or null beside a result. */
  readonly errorText: string | undefined;
}

/** An id comes back as we sent it; anything much longer is not ours. */
const MAX_ID_BYTES = 64 * 1024;
/** An error is kept whole: it is a message, and sometimes data. */
const MAX_ERROR_BYTES = 64 * 1024 * 1024;

/**
 * Reads what comes out of lightningd's socket: replies, with notifications between them, which are
 * skipped. The members of a reply may come in any order (lightningd passes on what a plugin wrote),
 * so a result may begin before its id is known.
 */
export class ReplyScanner implements ObjectHandler {
  readonly #objects: ObjectScanner;
  readonly #handler: ReplyHandler;
  #key = '';
  #id: KeptText | undefined;
  #error: KeptText | undefined;
  #hasMethod = false;
  #hasResult = false;

  constructor(handler: ReplyHandler) {
    this.#handler = handler;
    this.#objects = new ObjectScanner(this);
  }

  /** Whether a reply or notification has begun and not ended. */
  get unfinished(): boolean {
    return this.#objects.unfinished;
  }

  /** Takes the next piece. Throws a FrameError if it is not what the protocol allows. */
  push(piece: Buffer): void {
    this.#objects.push(piece);
  }

  memberBegin(key: string): void {
    this.#key = key;
    switch (key) {
      case 'id':
        if (this.#id !== undefined) throw new FrameError('a reply with two ids');
        this.#id = new KeptText(MAX_ID_BYTES);
        break;
      case 'error':
        if (this.#error !== undefined) throw new FrameError('a reply with two errors');
        this.#error = new KeptText(MAX_ERROR_BYTES);
        break;
      case 'method':
        this.#hasMethod = true;
        break;
      case 'result':
        if (this.#hasResult) throw new FrameError('a reply with two results');
        this.#hasResult = true;
        this.#handler.resultBegin(this.#id?.text());
        break;
      default:
    }
  }

  memberBytes(piece: Buffer): void {
    switch (this.#key) {
      case 'id':
        this.#id?.add(piece);
        break;
      case 'error':
        this.#error?.add(piece);
        break;
      case 'result':
        this.#handler.resultBytes(piece);
        break;
      default:
    }
  }

  memberEnd(): void {
    this.#key = '';
  }

  objectEnd(): void {
    const idText = this.#id?.text();
    const errorText = this.#error?.text();
    const hasResult = this.#hasResult;
    const isNotification = this.#hasMethod && idText === undefined;
    this.#id = undefined;
    this.#error = undefined;
    this.#hasMethod = false;
    this.#hasResult = false;
    if (isNotification && !hasResult) {
      this.#handler.notified?.();
      return;
    }
    // JSON-RPC 1.0 always writes both members, one of them null.
    const noError = errorText === undefined || (errorText === 'null' && hasResult);
    this.#handler.replyEnd({ idText, hasResult, errorText: noError ? undefined : errorText });
  }
}

/** Pieces of a value that is wanted whole. */
class KeptText {
  readonly #max: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#max) throw new FrameError('an id or error too long to be one');
    this.#pieces.push(piece);
  }

  text(): string {
    return Buffer.concat(this.#pieces, this.#bytes).toString('utf8');
  }
}
