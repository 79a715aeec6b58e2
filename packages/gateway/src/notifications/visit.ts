import type { Socket } from 'node:net';
import type { Socket as Connection } from 'engine.io';
import { closeGently } from '../http/close-gently.ts';
import type { Release } from '../http/permits.ts';

/** What Engine.IO has of a connection and does not show in its types. */
interface Inside {
  readonly transport: {
    /** The websocket; nothing while it polls. */
    readonly socket?: { readonly bufferedAmount: number; terminate(): void };
  };
}

/** How far someone has come: a rune is judged once at a time, and one that was refused may be followed by another. */
type State = 'silent' | 'asking' | 'seated' | 'gone';

/** Socket.IO's packet that asks to be let in. */
const CONNECT = '0';

/**
 * One connection of Engine.IO, by polling or websocket: what it may say, and how much waits for it to be
 * read. Socket.IO would take any number of packets from it, and answer them all.
 */
export class Visit {
  /** The connection of its handshake, or of its websocket once it has one. */
  wire: Socket;
  readonly #connection: Connection;
  readonly #timer: NodeJS.Timeout;
  readonly #left: () => void;
  #state: State = 'silent';
  #release: Release | undefined;
  #queued = 0;

  /** @param left - is told when the connection has ended */
  constructor(connection: Connection, patienceMs: number, left: () => void) {
    this.wire = connection.request.socket;
    this.#connection = connection;
    this.#left = left;
    this.#timer = setTimeout(() => this.cutOff(), patienceMs);
    connection.on('packet', ({ type, data }: { type: string; data?: unknown }) => {
      if (type === 'message' && !this.#maySay(data)) this.cutOff();
    });
    connection.on('packetCreate', ({ data }: { data?: { length: number } }) => {
      this.#queued += data?.length ?? 0;
    });
    connection.on('flush', () => (this.#queued = 0));
    connection.once('close', () => this.#leave());
  }

  get request(): Connection['request'] {
    return this.#connection.request;
  }

  get isSeated(): boolean {
    return this.#state === 'seated';
  }

  /** Bytes that wait for it to read them. */
  get unread(): number {
    const { transport } = insideOf(this.#connection);
    return this.#queued + (transport.socket?.bufferedAmount ?? 0);
  }

  /** Its rune is good. */
  sit(release: Release): void {
    clearTimeout(this.#timer);
    this.#release = release;
    if (this.#state === 'gone') release();
    else this.#state = 'seated';
  }

  /** Its rune is not; it may show another. */
  refused(): void {
    if (this.#state === 'asking') this.#state = 'silent';
  }

  /** Ends it at once. Nothing of what it has sent is heard any more. */
  cutOff(): void {
    this.#connection.removeAllListeners('data');
    const { transport } = insideOf(this.#connection);
    this.#connection.close(true);
    transport.socket?.terminate();
  }

  #maySay(data: unknown): boolean {
    const asks = typeof data === 'string' && data.startsWith(CONNECT);
    if (this.#state === 'seated') return !asks;
    if (this.#state !== 'silent' || !asks) return false;
    this.#state = 'asking';
    return true;
  }

  #leave(): void {
    this.#state = 'gone';
    clearTimeout(this.#timer);
    // The websocket library would wait half a minute before it ends its half.
    if (insideOf(this.#connection).transport.socket !== undefined) closeGently(this.wire);
    this.#release?.();
    this.#left();
  }
}

function insideOf(connection: Connection): Inside {
  return connection as unknown as Inside;
}
