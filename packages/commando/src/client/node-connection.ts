import { onAbort } from '@clnrest/bounds';
import { ClnrestError } from '@clnrest/client';
import { commandMessages, readPiece } from '../commando/messages.ts';
import { openChannel } from '#channels';
import type { KeyPair } from '../noise/keys.ts';
import type { PeerMessage } from '../peer/messages.ts';
import { PeerError } from '../peer/peer-error.ts';
import { PeerSession } from '../peer/peer-session.ts';
import type { NodeAddress } from './address.ts';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { PendingReply } from './pending-reply.ts';

/** Bytes of unread replies at which the node must wait. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

/** How a {@link NodeConnection} is opened. */
export interface NodeConnectionOptions {
  readonly address: NodeAddress;
  readonly ours: KeyPair;
  readonly connectMs: number;
  /** While a call waits: a ping after so many silent milliseconds, and the end after twice as many. */
  readonly silenceMs: number;
}

/** A connection to a node with the calls that wait for their replies. */
export class NodeConnection {
  readonly #pending = new Map<bigint, PendingReply>();
  readonly #silenceMs: number;
  readonly #ready: () => void;
  readonly #failed: (error: PeerError) => void;
  #session: PeerSession | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  private constructor(silenceMs: number, ready: () => void, failed: (error: PeerError) => void) {
    this.#silenceMs = silenceMs;
    this.#ready = ready;
    this.#failed = failed;
  }

  /** Connects to the node. @throws PeerError */
  static async open(
    { address, ours, connectMs, silenceMs }: NodeConnectionOptions,
    signal: AbortSignal,
  ): Promise<NodeConnection> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(connectMs)]);
    const channel = await openChannel(address.target, limited);
    return new Promise((resolve, reject) => {
      const stopListening = onAbort(signal, () => connection.close());
      const connection: NodeConnection = new NodeConnection(
        silenceMs,
        () => {
          stopListening();
          resolve(connection);
        },
        reject,
      );
      connection.#session = new PeerSession(channel, {
        ours,
        peer: hexToBytes(address.nodeId),
        // No feature is necessary for commando, and the networks are the node's.
        init: { features: new Uint8Array(0), networks: [] },
        handshakeMs: connectMs,
        handler: {
          onReady: () => connection.#onReady(),
          onMessage: (message) => connection.#onMessage(message),
          onDrain: () => undefined,
          onClose: (reason) => connection.#onClose(reason),
        },
      });
    });
  }

  /** Whether a command can be sent: the connection is open, and the node has sent something recently. */
  isUsable(maxSilentMs: number): boolean {
    if (this.#closed || this.#session === undefined) return false;
    return this.#pending.size > 0 || this.#session.silentMs <= maxSilentMs;
  }

  /**
   * Sends a command. The pieces are sent together, because lightningd keeps one incomplete command for each peer.
   *
   * @throws {ClnrestError} `connection_failed` if the connection has ended; nothing was sent
   */
  send(id: bigint, json: Uint8Array, reply: PendingReply): void {
    if (this.#closed) {
      const words = 'The connection to the node ended before the command was sent';
      throw new ClnrestError('connection_failed', words, { mayHaveRun: false });
    }
    this.#pending.set(id, reply);
    this.#onPendingChange();
    for (const { type, payload } of commandMessages(id, json)) this.#session?.send(type, payload);
  }

  /** Ignores the rest of a reply. */
  forget(id: bigint): void {
    if (this.#pending.delete(id)) this.#onPendingChange();
  }

  /** Pauses or resumes reading after a reader has taken bytes, or waits for some. */
  balance(): void {
    if (this.#mustWait()) this.#session?.pause();
    else this.#session?.resume();
  }

  #mustWait(): boolean {
    let unread = 0;
    for (const reply of this.#pending.values()) {
      // Only one connection for each identity is possible. A reader that waits must not wait for one that is slow.
      if (reply.isStarving) return false;
      unread += reply.unreadBytes;
    }
    return unread > MAX_UNREAD_BYTES;
  }

  close(): void {
    this.#session?.close();
  }

  #onReady(): void {
    this.#session?.keepAlive(false);
    this.#ready();
  }

  #onMessage(message: PeerMessage): boolean {
    const piece = readPiece(message);
    if (piece === undefined) return false;
    // A client runs no commands. Replies to forgotten calls are ignored.
    const reply = piece.kind === 'reply' ? this.#pending.get(piece.id) : undefined;
    if (reply === undefined) return true;
    reply.push(piece.json, piece.isLast);
    if (piece.isLast) this.forget(piece.id);
    this.balance();
    return true;
  }

  #onClose(reason: PeerError): void {
    this.#closed = true;
    clearInterval(this.#watch);
    this.#failed(reason);
    const error = new ClnrestError(
      'connection_failed',
      `The connection ended before the reply was complete: ${reason.message}`,
      { cause: reason },
    );
    for (const reply of this.#pending.values()) reply.fail(error);
    this.#pending.clear();
  }

  /** An idle connection does not keep the program running, and is not watched. */
  #onPendingChange(): void {
    const isBusy = this.#pending.size > 0;
    this.#session?.keepAlive(isBusy);
    if (isBusy === (this.#watch !== undefined)) return;
    if (isBusy) {
      this.#watch = setInterval(() => this.#checkSilence(), this.#silenceMs / 2);
    } else {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
  }

  #checkSilence(): void {
    const session = this.#session;
    if (session === undefined || session.isPaused) return;
    if (session.silentMs >= 2 * this.#silenceMs) {
      const words = `the node has sent nothing for ${2 * this.#silenceMs} ms, not even a pong`;
      session.close(new PeerError('silent', words));
    } else if (session.silentMs >= this.#silenceMs) {
      session.ping();
    }
  }
}
