import { io, type Socket } from 'socket.io-client';
import type { Gateways } from './gateways.ts';
import { type Ledger, numberOf, type Protocol } from './ledger.ts';

/** A time in which it was connected. */
interface Session {
  readonly from: number;
  to: number;
}

/** Notifications are held for up to a second; and so long it may take to notice that a connection broke. */
const HELD_MS = 2_500;
/** What is made while it is being let in may come or not. */
const BEGIN_MS = 500;

/**
 * Listens by Socket.IO. What was made while it was connected must come once and in order; what was made
 * meanwhile is lost, since Socket.IO knows no id to go on from.
 */
export class SocketSubscriber {
  readonly name: string;
  readonly #socket: Socket;
  readonly #ledger: Ledger;
  readonly #protocol: Protocol;
  readonly #sessions: Session[] = [];
  readonly #received = new Set<number>();
  #last = -1;

  constructor(
    { gateways, ledger }: { readonly gateways: Gateways; readonly ledger: Ledger },
    protocol: Protocol,
    transport: 'websocket' | 'polling',
  ) {
    this.name = `Socket.IO, ${protocol}, ${transport}`;
    this.#ledger = ledger;
    this.#protocol = protocol;
    this.#socket = io(gateways.url(protocol), {
      forceNew: true,
      transports: [transport],
      auth: { rune: gateways.rune, topics: 'invoice_creation' },
      reconnectionDelay: 200,
      reconnectionDelayMax: 500,
      rejectUnauthorized: false,
    });
    this.#socket.on('connect', () =>
      this.#sessions.push({ from: performance.now(), to: Infinity }),
    );
    this.#socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.#socket.on('connect_error', (error) => this.#refused(error));
    this.#socket.on('message', (message: { invoice_creation?: { label?: unknown } }) =>
      this.#take(numberOf(message.invoice_creation?.label)),
    );
  }

  get received(): number {
    return this.#received.size;
  }

  get connections(): number {
    return this.#sessions.length;
  }

  /** Ends it, and looks whether all has come that should have. */
  end(): void {
    const session = this.#sessions.at(-1);
    if (session?.to === Infinity) session.to = performance.now();
    this.#socket.off().close();
    const missing = this.#ledger.created.flatMap((at, number) =>
      !this.#received.has(number) && this.#mustHave(at) ? number : [],
    );
    if (missing.length === 0) return;
    const some = missing.slice(0, 10).join(', ');
    this.#ledger.violation(`${this.name}: ${missing.length} did not come: ${some}`);
  }

  #mustHave(at: number): boolean {
    return this.#sessions.some(({ from, to }) => at > from + BEGIN_MS && at < to - HELD_MS);
  }

  #disconnected(reason: string): void {
    const session = this.#sessions.at(-1);
    if (session === undefined) return;
    // By polling, the client notices late that a gateway was disturbed.
    session.to = this.#ledger.disturbedSince(this.#protocol, session.from) ?? performance.now();
    // The server ended the session: the client does not reconnect automatically.
    if (reason === 'io server disconnect') setTimeout(() => this.#socket.connect(), 200);
    if (this.#ledger.isDisturbed(this.#protocol, session.from)) return;
    this.#ledger.violation(`${this.name}: ${reason}, and nothing had disturbed it`);
  }

  #refused(error: Error): void {
    const at = performance.now();
    if (!this.#socket.active) setTimeout(() => this.#socket.connect(), 200);
    if (this.#ledger.isDisturbed(this.#protocol, at)) return;
    this.#ledger.violation(`${this.name}: ${error.message}, and nothing had disturbed it`);
  }

  #take(number: number | undefined): void {
    if (number === undefined) return;
    if (number <= this.#last) {
      this.#ledger.violation(`${this.name}: ${number} came after ${this.#last}`);
    }
    this.#last = number;
    this.#received.add(number);
  }
}
