import type { Socket } from 'node:net';
import { FrameError } from '../json/frame-error.ts';
import { TransportError } from './errors.ts';
import { ReplyScanner, type ReplyEnd, type ReplyHandler } from './reply-scanner.ts';

/** Takes the one reply that a connection waits for. Either `replied` or `failed` is called, once. */
export interface ReplyReceiver {
  /** A piece of the result's raw bytes. */
  resultBytes(piece: Buffer): void;
  /** All of what came from the socket at once has been handed on. False asks for a pause. */
  pieceEnd(): boolean;
  /** The reply is complete; `errorText` is the raw text of the error if it is one. */
  replied(errorText: string | undefined): void;
  failed(error: unknown): void;
}

/** Who a connection belongs to. */
export interface ConnectionOwner {
  /** The reply is complete and the connection can take another request. */
  connectionFree(connection: Connection): void;
  /** The connection is gone. Called once, whatever the reason. */
  connectionGone(connection: Connection): void;
}

/**
 * One socket to the node, with one call at a time on it. A second request is written only after the
 * whole reply to the first has come; what the node sends in between is white space or notifications.
 */
export class Connection implements ReplyHandler {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #scanner = new ReplyScanner(this);
  #receiver: ReplyReceiver | undefined;
  #id = '';
  #method = '';
  #bytesOfReply = 0;
  #gone = false;
  #isChanged = false;

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.once('end', () => this.#lost());
    socket.once('error', (error) => this.#lost(error));
    socket.once('close', () => this.#lost());
  }

  get alive(): boolean {
    return !this.#gone && !this.#socket.destroyed;
  }

  /**
   * The node has sent a notification here. It does so only where a command has asked for that, so
   * this connection no longer behaves as a new one does.
   */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** An idle connection does not keep the program running. */
  park(): void {
    this.#socket.unref();
  }

  /**
   * Writes a request and has its reply handed to the receiver. The request is written once: if the
   * connection breaks, nobody knows whether the node has run it, and an invoice or a payment must
   * not be made twice.
   */
  send(request: string, id: string, method: string, receiver: ReplyReceiver): void {
    if (!this.alive) {
      receiver.failed(new TransportError('closed', `the connection for ${method} was closed`));
      return;
    }
    this.#socket.ref();
    this.#receiver = receiver;
    this.#id = id;
    this.#method = method;
    this.#bytesOfReply = 0;
    this.#socket.write(request);
  }

  /** Goes on after a pause that the receiver asked for. */
  resume(receiver: ReplyReceiver): void {
    if (this.#receiver === receiver && this.alive) this.#socket.resume();
  }

  /** Gives up the call that this receiver waits for, and closes: the node cancels what still waits. */
  abandon(receiver: ReplyReceiver, error: unknown): void {
    if (this.#receiver === receiver) this.destroy(error);
  }

  /** Closes at once. A call that is in flight fails with the error. */
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
    if (receiver === undefined) throw new FrameError('a reply that nobody waits for');
    if (errorText !== undefined && (idText === undefined || idText === 'null')) {
      // The node could not make out the id of what we sent. It answers nothing more on this
      // connection (observed on lightningd v26.06.6).
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
    throw new FrameError('a reply to something that was not asked');
  }

  #read(piece: Buffer): void {
    const receiver = this.#receiver;
    if (receiver !== undefined) this.#bytesOfReply += piece.length;
    try {
      this.#scanner.push(piece);
    } catch (cause) {
      this.destroy(this.#malformed(cause));
      return;
    }
    if (receiver === undefined) {
      // Nobody asked anything: only white space is harmless here.
      if (this.#scanner.unfinished || this.#isChanged) this.destroy(undefined);
      return;
    }
    const more = receiver.pieceEnd();
    if (this.#gone) return;
    if (this.#receiver === receiver) {
      if (!more) this.#socket.pause();
    } else if (this.#scanner.unfinished) {
      // The beginning of something else stands behind the reply.
      this.destroy(undefined);
    } else {
      this.#owner.connectionFree(this);
    }
  }

  #malformed(cause: unknown): unknown {
    if (!(cause instanceof FrameError)) return cause;
    return new TransportError(
      'malformed_reply',
      `what the node answered to ${this.#method} is no reply: ${cause.message}`,
      { cause },
    );
  }

  #lost(cause?: Error): void {
    const when = this.#bytesOfReply === 0 ? 'before answering' : 'in the middle of its answer to';
    this.#socket.destroy();
    this.#end(
      new TransportError('closed', `the node closed the connection ${when} ${this.#method}`, {
        ...(cause && { cause }),
      }),
    );
  }

  #end(error: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.failed(error);
    this.#owner.connectionGone(this);
  }
}

/** Whether the raw text of an id is the id that we sent. lightningd echoes it as it was written. */
export function sameId(idText: string, id: string): boolean {
  if (idText === JSON.stringify(id)) return true;
  try {
    return JSON.parse(idText) === id;
  } catch {
    return false;
  }
}
