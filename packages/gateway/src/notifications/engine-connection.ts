import type { Socket as NetSocket } from 'node:net';
import type { Socket as EngineSocket } from 'engine.io';
import { closeGently } from '../http/close-gently.ts';
import type { Release } from '../http/acquire-permit.ts';
import { TokenBucket } from '@clnrest/bounds';
import type { EncodedBatch } from './socket-io-encoder.ts';

type SendOptions = Parameters<EngineSocket['write']>[1];

/** Members of an Engine.IO socket that its types hide. */
interface EngineSocketInternals {
  readonly transport: {
    /** The websocket; undefined with polling. */
    readonly socket?: { readonly bufferedAmount: number; terminate(): void };
  };
}

type State = 'anonymous' | 'authenticating' | 'authenticated' | 'closed';

/** Packets of a client. A body of 64 KiB can contain 32,768 of them, and each costs some microseconds. */
export const PACKETS = { capacity: 64, perSecond: 16 };

/** Callbacks of an {@link EngineConnection}. */
export interface EngineConnectionEvents {
  /** The connection has closed. */
  closed(): void;
  /** The client sent too many packets. The connection closes. */
  exceeded(): void;
}

/** The packet type CONNECT of Socket.IO, which contains the rune. */
const CONNECT = '0';

/**
 * One Engine.IO connection, by polling or websocket. Enforces the order of packets, because Socket.IO
 * would accept and answer any number of CONNECT packets: one rune is checked at a time, a client can try
 * another rune after a refusal, and an authenticated client cannot authenticate again.
 */
export class EngineConnection {
  /** The connection of the handshake, or of the websocket after an upgrade. */
  netSocket: NetSocket;
  readonly #socket: EngineSocket;
  readonly #timer: NodeJS.Timeout;
  readonly #events: EngineConnectionEvents;
  readonly #packets = new TokenBucket(PACKETS);
  #state: State = 'anonymous';
  #release: Release | undefined;
  #queuedBytes = 0;

  /**
   * @param authenticateMs - the time until the client must have authenticated
   */
  constructor(socket: EngineSocket, authenticateMs: number, events: EngineConnectionEvents) {
    this.netSocket = socket.request.socket;
    this.#socket = socket;
    this.#events = events;
    this.#timer = setTimeout(() => this.disconnect(), authenticateMs);
    socket.on('packet', ({ type, data }: { type: string; data?: unknown }) => {
      if (this.#state === 'closed') return;
      if (!this.#packets.take()) {
        this.disconnect();
        this.#events.exceeded();
      } else if (type === 'message' && !this.#allows(data)) this.disconnect();
    });
    socket.on('packetCreate', ({ data }: { data?: { length: number } }) => {
      this.#queuedBytes += data?.length ?? 0;
    });
    socket.on('flush', () => (this.#queuedBytes = 0));
    socket.once('close', () => this.#closed());
  }

  get request(): EngineSocket['request'] {
    return this.#socket.request;
  }

  get isAuthenticated(): boolean {
    return this.#state === 'authenticated';
  }

  /** Bytes that the client has not read. */
  get unreadBytes(): number {
    const { transport } = internalsOf(this.#socket);
    return this.#queuedBytes + (transport.socket?.bufferedAmount ?? 0);
  }

  /** Sends events, as one packet. `sent` is called when the client has read enough to get more. */
  write({ data, options }: EncodedBatch, sent?: () => void): void {
    this.#socket.write(data, options as SendOptions, sent);
  }

  /** Records that the rune was accepted. The slot is released when the connection closes. */
  authenticated(releaseSlot: Release): void {
    clearTimeout(this.#timer);
    this.#release = releaseSlot;
    if (this.#state === 'closed') releaseSlot();
    else this.#state = 'authenticated';
  }

  /** Records that the rune was refused. The client can try another one. */
  refused(): void {
    if (this.#state === 'authenticating') this.#state = 'anonymous';
  }

  /** Disconnects the client immediately. Data that it has sent is not processed. */
  disconnect(): void {
    this.#socket.removeAllListeners('data');
    const { transport } = internalsOf(this.#socket);
    this.#socket.close(true);
    transport.socket?.terminate();
  }

  /** Whether the client is allowed to send a packet now. */
  #allows(data: unknown): boolean {
    const isConnect = typeof data === 'string' && data.startsWith(CONNECT);
    if (this.#state === 'authenticated') return !isConnect;
    if (this.#state !== 'anonymous' || !isConnect) return false;
    this.#state = 'authenticating';
    return true;
  }

  #closed(): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    // The websocket library would wait 30 seconds before it closes its half.
    if (internalsOf(this.#socket).transport.socket !== undefined) closeGently(this.netSocket);
    this.#release?.();
    this.#events.closed();
  }
}

function internalsOf(socket: EngineSocket): EngineSocketInternals {
  return socket as unknown as EngineSocketInternals;
}
