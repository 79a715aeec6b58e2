import { io, type Socket } from 'socket.io-client';
import type { Gateways } from './gateways.ts';
import { type Ledger, numberOf, type Protocol } from './ledger.ts';

/** A period in which the client was connected. */
interface Session {
  readonly from: number;
  to: number;
}

/** The gateway delays notifications for up to a second, and a broken connection is noticed late. */
const HELD_MS = 2_500;
/** A notification that is created while the client authenticates may or may not arrive. */
const BEGIN_MS = 500;

/**
 * Subscribes by Socket.IO. Each number created while the client is connected must arrive once and in order. Others are
 * lost, because Socket.IO cannot resume from an id.
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
    this.#socket.on('disconnect', (reason) => this.#onDisconnect(reason));
    this.#socket.on('connect_error', (error) => this.#onConnectError(error));
    this.#socket.on('message', (message: { invoice_creation?: { label?: unknown } }) =>
      this.#onNumber(numberOf(message.invoice_creation?.label)),
    );
  }

  get received(): number {
    return this.#received.size;
  }

  get connections(): number {
    return this.#sessions.length;
  }

  /** Disconnects and checks that all required numbers have arrived. */
  end(): void {
    const session = this.#sessions.at(-1);
    if (session?.to === Infinity) session.to = performance.now();
    this.#socket.off().close();
    const missing = this.#ledger.created.flatMap((at, number) =>
      !this.#received.has(number) && this.#mustHave(at) ? number : [],
    );
    if (missing.length === 0) return;
    const some = missing.slice(0, 10).join(', ');
    this.#ledger.violation(`${this.name}: ${missing.length} are missing: ${some}`);
  }

  #mustHave(at: number): boolean {
    return this.#sessions.some(({ from, to }) => at > from + BEGIN_MS && at < to - HELD_MS);
  }

  #onDisconnect(reason: string): void {
    const session = this.#sessions.at(-1);
    if (session === undefined) return;
    // With polling, the client notices a disturbance late.
    session.to = this.#ledger.disturbedSince(this.#protocol, session.from) ?? performance.now();
    // The server ended the session: the client does not reconnect automatically.
    if (reason === 'io server disconnect') setTimeout(() => this.#socket.connect(), 200);
    if (this.#ledger.isDisturbed(this.#protocol, session.from)) return;
    this.#ledger.violation(`${this.name}: ${reason} without a disturbance`);
  }

  #onConnectError(error: Error): void {
    const at = performance.now();
    if (!this.#socket.active) setTimeout(() => this.#socket.connect(), 200);
    if (this.#ledger.isDisturbed(this.#protocol, at)) return;
    this.#ledger.violation(`${this.name}: ${error.message} without a disturbance`);
  }

  #onNumber(number: number | undefined): void {
    if (number === undefined) return;
    if (number <= this.#last) {
      this.#ledger.violation(`${this.name}: ${number} arrived after ${this.#last}`);
    }
    this.#last = number;
    this.#received.add(number);
  }
}
