import { bytesToHex } from '@noble/hashes/utils.js';
import { type HandshakeKeys } from '../noise/handshake.ts';
import type { KeyPair } from '../noise/keys.ts';
import { MessageOpener, MessageSealer } from '../noise/message-cipher.ts';
import { NoiseError } from '../noise/noise-error.ts';
import type { ByteChannel } from './byte-channel.ts';
import { ByteReader } from './byte-reader.ts';
import { type Exchange, inbound, outbound } from './handshake-exchange.ts';
import {
  decodeInit,
  decodeMessage,
  encodeInit,
  encodeMessage,
  encodePing,
  MessageType,
  noticeText,
  type PeerInit,
  type PeerMessage,
  pongBytes,
  pongFor,
} from './messages.ts';
import { PeerError } from './peer-error.ts';

/** Pongs are dropped while so many bytes wait for the peer to read. */
const MAX_PENDING_BYTES = 1024 * 1024;
/** The cost of a message: to encrypt or decrypt it takes as long as so many units; eight bytes take one. */
const MESSAGE_COST = 512;
const BYTES_PER_UNIT = 8;
/** The cost of a piece of input, however short. */
const CHUNK_COST = 64;
/** BOLTs assign the types below this one to payments, channels and gossip, in which a session takes no part. */
const FIRST_UNASSIGNED_TYPE = 512;

/** Receives what happens in a session. */
export interface PeerHandler {
  /** The handshake and `init` are complete. */
  onReady(): void;
  /** A message with a type from 512 on. Returns false if the message is unknown; then an even type ends the session. */
  onMessage(message: PeerMessage): boolean;
  /** A pong with so many bytes. */
  onPong?(bytes: number): void;
  /** All messages that were sent are on their way. */
  onDrain(): void;
  /** Called once, at the end. */
  onClose(reason: PeerError): void;
}

/**
 * Limits the work that a peer can cause. One unit is about an eighth of a microsecond.
 *
 * @example
 * ```ts no-run
 * const budget: WorkBudget = { spend: (units) => (bucket.take(units) ? 0 : 100) };
 * ```
 */
export interface WorkBudget {
  /** Takes the cost of work that is done. Returns the milliseconds for which the peer must wait. */
  spend(units: number): number;
}

/** How a session begins. */
export interface PeerSessionOptions {
  readonly ours: KeyPair;
  readonly init: PeerInit;
  /** The public key of the peer to connect to, 33 bytes. Without it, the session accepts a peer. */
  readonly peer?: Uint8Array | undefined;
  /** Time limit of the handshake and `init`, in milliseconds. */
  readonly handshakeMs: number;
  /**
   * Limits the work that the peer can cause: a piece of input costs 64 units; a message or a pong 512, and one for each eight bytes.
   * Without it, work is not limited.
   */
  readonly budget?: WorkBudget | undefined;
  readonly handler: PeerHandler;
}

/**
 * A session with a Lightning node over a channel: handshake, `init`, messages, pings and pongs (BOLT 8 and BOLT 1). Messages about
 * channels, payments and gossip are ignored.
 *
 * @example
 * ```ts no-run
 * const session = new PeerSession(channel, { ours, peer, init, handshakeMs: 10_000, handler });
 * ```
 */
export class PeerSession {
  readonly #channel: ByteChannel;
  readonly #options: PeerSessionOptions;
  readonly #input = new ByteReader();
  readonly #deadline: ReturnType<typeof setTimeout>;
  #exchange: Exchange | undefined;
  #sealer: MessageSealer | undefined;
  #opener: MessageOpener | undefined;
  /** Bytes of the message that follows a length. */
  #expected: number | undefined;
  #peer: Uint8Array | undefined;
  #init: PeerInit | undefined;
  #notice: string | undefined;
  #lastReceived = performance.now();
  /** The owner has paused the input. */
  #paused = false;
  /** The peer has sent too much, and waits. */
  #throttle: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(channel: ByteChannel, options: PeerSessionOptions) {
    this.#channel = channel;
    this.#options = options;
    const { ours, peer, handshakeMs } = options;
    this.#exchange = peer === undefined ? inbound(ours) : outbound(ours, peer);
    this.#deadline = setTimeout(() => {
      this.close(new PeerError('timed_out', `no handshake within ${handshakeMs} ms`));
    }, handshakeMs);
    channel.open({
      onBytes: (bytes) => this.#receive(bytes),
      onDrain: () => this.#options.handler.onDrain(),
      onClose: (cause) => this.#end(this.#closeReason(cause)),
    });
    this.#guard(() => this.#exchange?.begin((bytes) => channel.send(bytes)));
  }

  /** The public key of the peer; `undefined` before the handshake. */
  get peer(): Uint8Array | undefined {
    return this.#peer;
  }

  /** What the peer announced; `undefined` before `init`. */
  get peerInit(): PeerInit | undefined {
    return this.#init;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Reading is paused. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Bytes that wait for the peer to read. */
  get pendingBytes(): number {
    return this.#channel.pendingBytes;
  }

  /** Milliseconds since the peer last sent anything. */
  get silentMs(): number {
    return performance.now() - this.#lastReceived;
  }

  /** Sends a message. Has no effect after the end, or before the session is ready. */
  send(type: number, payload: Uint8Array): void {
    if (this.#closed || this.#sealer === undefined) return;
    this.#channel.send(this.#sealer.seal(encodeMessage(type, payload)));
  }

  /** Requests a pong, which `silentMs` shows. */
  ping(pongBytes = 0, fillerBytes = 0): void {
    this.send(MessageType.ping, encodePing(pongBytes, fillerBytes));
  }

  /** Stops reading, so that the peer must wait. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    if (this.#throttle === undefined) this.#channel.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#lastReceived = performance.now();
    if (this.#throttle === undefined) this.#readOn();
  }

  /** Charges the peer for other work that it causes: if its budget is spent, it must wait. */
  charge(units: number): void {
    const ms = this.#options.budget?.spend(units) ?? 0;
    if (ms <= 0 || this.#throttle !== undefined || this.#closed) return;
    if (!this.#paused) this.#channel.pause();
    this.#throttle = setTimeout(() => {
      this.#throttle = undefined;
      if (!this.#paused && !this.#closed) this.#readOn();
    }, ms);
  }

  /** Whether the connection keeps the program running. */
  keepAlive(keeps: boolean): void {
    this.#channel.keepAlive(keeps);
  }

  /** Ends the session. The handler gets the reason. */
  close(reason: PeerError = new PeerError('closed', 'the session was closed')): void {
    this.#end(reason);
    this.#channel.close();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#lastReceived = performance.now();
    this.charge(CHUNK_COST);
    this.#input.push(bytes);
    this.#guard(() => this.#readAll());
  }

  /** A peer that breaks the protocol is disconnected. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof PeerError) this.close(error);
      else if (error instanceof NoiseError) this.close(this.#noiseFailure(error));
      else throw error;
    }
  }

  #noiseFailure(cause: NoiseError): PeerError {
    return this.#peer === undefined
      ? new PeerError('handshake_failed', `the handshake failed: ${cause.message}`, { cause })
      : new PeerError('malformed', cause.message, { cause });
  }

  #readOn(): void {
    this.#channel.resume();
    this.#guard(() => this.#readAll());
  }

  #readAll(): void {
    while (!this.#closed && !this.#paused && this.#throttle === undefined && this.#readNext());
  }

  /** Reads the next part of the input. Returns false if it has not arrived. */
  #readNext(): boolean {
    const exchange = this.#exchange;
    if (exchange !== undefined) return this.#readAct(exchange);
    const opener = this.#opener;
    if (opener === undefined) return false;
    const bytes = this.#input.take(this.#expected ?? MessageOpener.lengthBytes);
    if (bytes === undefined) return false;
    if (this.#expected === undefined) {
      this.#expected = opener.openLength(bytes);
      return true;
    }
    this.#expected = undefined;
    this.charge(messageCost(bytes.length));
    this.#handle(decodeMessage(opener.openMessage(bytes)));
    return true;
  }

  #readAct(exchange: Exchange): boolean {
    const act = this.#input.take(exchange.nextBytes);
    if (act === undefined) return false;
    const keys = exchange.read(act, (bytes) => this.#channel.send(bytes));
    if (keys !== undefined) this.#begin(keys);
    return true;
  }

  #begin(keys: HandshakeKeys): void {
    this.#exchange = undefined;
    this.#sealer = new MessageSealer(keys);
    this.#opener = new MessageOpener(keys);
    this.#peer = keys.peer;
    this.send(MessageType.init, encodeInit(this.#options.init));
  }

  #handle(message: PeerMessage): void {
    const { type, payload } = message;
    if (this.#init === undefined) {
      this.#handleFirst(message);
      return;
    }
    switch (type) {
      case MessageType.ping:
        this.#answer(payload);
        return;
      case MessageType.error:
      case MessageType.warning:
        this.#notice = noticeText(payload);
        return;
      case MessageType.pong:
        this.#options.handler.onPong?.(pongBytes(payload));
        return;
      case MessageType.init:
        return;
      default:
        if (type < FIRST_UNASSIGNED_TYPE || this.#options.handler.onMessage(message)) return;
        // "It's ok to be odd" (BOLT 1).
        if (type % 2 === 0) {
          throw new PeerError('unknown_message', `the peer sent a message of unknown type ${type}`);
        }
    }
  }

  /** The first message must be `init`, unless the peer reports why it closes the connection. */
  #handleFirst({ type, payload }: PeerMessage): void {
    if (type === MessageType.error || type === MessageType.warning) {
      this.#notice = noticeText(payload);
      return;
    }
    if (type !== MessageType.init) throw new PeerError('malformed', 'the peer sent no init');
    const init = decodeInit(payload);
    requireCommonNetwork(init, this.#options.init);
    this.#init = init;
    clearTimeout(this.#deadline);
    this.#options.handler.onReady();
  }

  #answer(ping: Uint8Array): void {
    const pong = pongFor(ping);
    if (pong === undefined || this.pendingBytes > MAX_PENDING_BYTES) return;
    this.charge(messageCost(pong.length));
    this.send(MessageType.pong, pong);
  }

  #closeReason(cause: Error | undefined): PeerError {
    if (cause !== undefined) {
      return new PeerError('closed', `the connection broke: ${cause.message}`, { cause });
    }
    if (this.#notice !== undefined) {
      return new PeerError('closed', `the peer closed the connection: ${this.#notice}`);
    }
    return this.#peer === undefined
      ? new PeerError('handshake_failed', 'the peer closed the connection during the handshake')
      : new PeerError('closed', 'the peer closed the connection');
  }

  #end(reason: PeerError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#throttle);
    this.#options.handler.onClose(reason);
  }
}

function messageCost(length: number): number {
  return MESSAGE_COST + length / BYTES_PER_UNIT;
}

/** Peers that name chains must have one in common (BOLT 1). */
function requireCommonNetwork(theirs: PeerInit, ours: PeerInit): void {
  if (theirs.networks.length === 0 || ours.networks.length === 0) return;
  const names = new Set(ours.networks.map(bytesToHex));
  if (!theirs.networks.some((hash) => names.has(bytesToHex(hash)))) {
    throw new PeerError('wrong_network', 'the peer is on another network');
  }
}
