import type { Socket } from 'node:net';
import { FrameError } from '@clnrest/json/bytes';
import { NotSentError, TransportError } from './errors.ts';
import { ReplyScanner, type ReplyEnd, type ReplyHandler } from './reply-scanner.ts';

/** Receives the one reply that a connection waits for. Either `replied` or `failed` is called, once. */
export interface ReplyReceiver {
  /** A piece of the result's raw bytes. */
  resultBytes(piece: Buffer): void;
  /** The piece read from the socket is used up. Returning false pauses the connection. */
  pieceEnd(): boolean;
  /** The reply is complete; `errorText` is the raw text of its error, if it has one. */
  replied(errorText: string | undefined): void;
  failed(error: unknown): void;
}

/** Is notified when a connection becomes free or closes. */
export interface ConnectionOwner {
  /** The reply is complete and the connection can take another request. */
  connectionFree(connection: RpcConnection): void;
  /** The connection is closed. Called once, for any reason. */
  connectionClosed(connection: RpcConnection): void;
}

/**
 * One socket to the node, with one call at a time. A second request is written only after the whole
 * reply to the first has arrived. Between replies the node sends only white space and notifications.
 */
export class RpcConnection implements ReplyHandler {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #scanner = new ReplyScanner(this);
  #receiver: ReplyReceiver | undefined;
  #id = '';
  #method = '';
  #replyBytes = 0;
  #isClosed = false;
  #isChanged = false;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.once('end', () => this.#onClose());
    socket.once('error', (error) => this.#onClose(error));
    socket.once('close', () => this.#onClose());
  }

  get alive(): boolean {
    return !this.#isClosed && !this.#socket.destroyed;
  }

  /**
   * The node has sent a notification. It does so only after a command enabled notifications, so this
   * connection no longer behaves like a new one.
   */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** An idle connection does not keep the program running. */
  unref(): void {
    this.#socket.unref();
  }

  /**
   * Writes a request and passes its reply to the receiver. The request is written once: after a broken
   * connection it is unknown whether the node has run it, and a payment must not be made twice.
   */
  send(request: string, id: string, method: string, receiver: ReplyReceiver): void {
    if (!this.alive) {
      receiver.failed(new NotSentError(method));
      return;
    }
    this.#socket.ref();
    this.#receiver = receiver;
    this.#id = id;
    this.#method = method;
    this.#replyBytes = 0;
    this.#socket.write(request);
  }

  /** Continues after the receiver's pause. */
  resume(receiver: ReplyReceiver): void {
    if (this.#receiver === receiver && this.alive) this.#socket.resume();
  }

  /** Fails the receiver's call and closes, which cancels a waiting command in the node. */
  abort(receiver: ReplyReceiver, error: unknown): void {
    if (this.#receiver === receiver) this.destroy(error);
  }

  /** Closes immediately. A call in flight fails with the error. */
  destroy(error: unknown): void {
    this.#socket.destroy();
    this.#end(error);
  }

  notified(): void {
    this.#isChanged = true;
  }

  resultBegin(idText: string | undefined): void {
    if (idText !== undefined) this.#expectId(idText);
  }

  resultBytes(piece: Buffer): void {
    this.#receiver?.resultBytes(piece);
  }

  replyEnd({ idText, hasResult, errorText }: ReplyEnd): void {
    const receiver = this.#receiver;
    if (receiver === undefined) throw new FrameError('an unexpected reply');
    if (errorText !== undefined && (idText === undefined || idText === 'null')) {
      // The node could not parse the request's id. It sends no further replies on this connection
      // (observed on lightningd v26.06.6).
      this.#receiver = undefined;
      receiver.replied(errorText);
      this.destroy(undefined);
      return;
    }
    this.#expectId(idText);
    if (!hasResult && errorText === undefined) {
      throw new FrameError('a reply with neither result nor error');
    }
    this.#receiver = undefined;
    receiver.replied(errorText);
  }

  #expectId(idText: string | undefined): void {
    if (idText !== undefined && sameId(idText, this.#id)) return;
    throw new FrameError('a reply with an unknown id');
  }

  #read(piece: Buffer): void {
    const receiver = this.#receiver;
    if (receiver !== undefined) this.#replyBytes += piece.length;
    try {
      this.#scanner.push(piece);
    } catch (cause) {
      this.destroy(this.#malformed(cause));
      return;
    }
    if (receiver === undefined) {
      // No call is in flight: everything except white space makes the connection unusable.
      if (this.#scanner.unfinished || this.#isChanged) this.destroy(undefined);
      return;
    }
    const more = receiver.pieceEnd();
    if (this.#isClosed) return;
    if (this.#receiver === receiver) {
      if (!more) this.#socket.pause();
    } else if (this.#scanner.unfinished) {
      // Part of another message follows the reply.
      this.destroy(undefined);
    } else {
      this.#owner.connectionFree(this);
    }
  }

  #malformed(cause: unknown): unknown {
    if (!(cause instanceof FrameError)) return cause;
    return new TransportError(
      'malformed_reply',
      `the node's reply to ${this.#method} is malformed: ${cause.message}`,
      { cause },
    );
  }

  #onClose(cause?: Error): void {
    const when = this.#replyBytes === 0 ? 'before its reply to' : 'during its reply to';
    this.#socket.destroy();
    if (isWriteError(cause)) {
      this.#end(new NotSentError(this.#method, cause));
      return;
    }
    this.#end(
      new TransportError('closed', `the node closed the connection ${when} ${this.#method}`, {
        ...(cause && { cause }),
      }),
    );
  }

  #end(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.failed(error);
    this.#owner.connectionClosed(this);
  }
}

/**
 * Whether the system refused bytes of the request. A call is written once, so the node has at most an incomplete request,
 * which it cannot run.
 */
function isWriteError(error: Error | undefined): boolean {
  return error !== undefined && 'syscall' in error && error.syscall === 'write';
}

/** Whether the raw text of an id is the id of the request. lightningd echoes it verbatim. */
export function sameId(idText: string, id: string): boolean {
  if (idText === JSON.stringify(id)) return true;
  try {
    return JSON.parse(idText) === id;
  } catch {
    return false;
  }
}
