import { FrameError } from '@clnrest/json/bytes';
import { ObjectScanner, type ObjectHandler } from '@clnrest/json/bytes';

/** Receives replies as their bytes arrive. */
export interface ReplyHandler {
  /** The node sent a notification, which is skipped. */
  notified?(): void;
  /** A result starts. `idText` is undefined if the id follows the result. */
  resultBegin(idText: string | undefined): void;
  /** A piece of the result's raw bytes. */
  resultBytes(piece: Buffer): void;
  /** The reply is complete. */
  replyEnd(reply: ReplyEnd): void;
}

/** A reply without its result, which was passed on as bytes. */
export interface ReplyEnd {
  /** The raw text of the id; undefined if it is absent. */
  readonly idText: string | undefined;
  readonly hasResult: boolean;
  /** The raw text of the error; undefined if it is absent, or null next to a result. */
  readonly errorText: string | undefined;
}

/** The node returns ids verbatim, and requests have short ones. */
const MAX_ID_BYTES = 64 * 1024;
/** An error is buffered whole: a code, a message, and optional data. */
const MAX_ERROR_BYTES = 64 * 1024 * 1024;

/**
 * Reads the replies on lightningd's socket and skips the notifications between them. The members of a
 * reply can have any order, because lightningd forwards a plugin's reply verbatim. A result can
 * therefore start before its id is known.
 */
export class ReplyScanner implements ObjectHandler {
  readonly #objects: ObjectScanner;
  readonly #handler: ReplyHandler;
  #key = '';
  #id: BufferedText | undefined;
  #error: BufferedText | undefined;
  #hasMethod = false;
  #hasResult = false;

  constructor(handler: ReplyHandler) {
    this.#handler = handler;
    this.#objects = new ObjectScanner(this);
  }

  /** Whether a reply or notification has started but not ended. */
  get unfinished(): boolean {
    return this.#objects.unfinished;
  }

  /** Scans the next piece. Throws a FrameError if it violates the protocol. */
  push(piece: Buffer): void {
    this.#objects.push(piece);
  }

  memberBegin(key: string): void {
    this.#key = key;
    switch (key) {
      case 'id':
        if (this.#id !== undefined) throw new FrameError('a reply with two ids');
        this.#id = new BufferedText(MAX_ID_BYTES);
        break;
      case 'error':
        if (this.#error !== undefined) throw new FrameError('a reply with two errors');
        this.#error = new BufferedText(MAX_ERROR_BYTES);
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
    // JSON-RPC 1.0 always has both members, one of them null.
    const noError = errorText === undefined || (errorText === 'null' && hasResult);
    this.#handler.replyEnd({ idText, hasResult, errorText: noError ? undefined : errorText });
  }
}

/** Collects the pieces of a value up to a limit. */
class BufferedText {
  readonly #max: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#max) throw new FrameError('an id or error that is too long');
    this.#pieces.push(piece);
  }

  text(): string {
    const [first] = this.#pieces;
    if (first !== undefined && this.#pieces.length === 1) return first.toString('utf8');
    return Buffer.concat(this.#pieces, this.#bytes).toString('utf8');
  }
}
