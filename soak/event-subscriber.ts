import type { IncomingMessage } from 'node:http';
import { type Gateways, isBroken } from './gateways.ts';
import { type Ledger, numberOf, type Protocol } from './ledger.ts';

/** How a subscriber behaves. */
export type Manner = 'steady' | 'leaves' | 'slow' | 'stalls';

const RETRY_MS = 300;
/** How long one stays that leaves again and again. */
const STAY_MS = 7_000;
/** How long one does not read that is slow, and one that is to be cut off. */
const PAUSE_MS = 2_500;
const STALL_MS = 20_000;

/**
 * Listens to server-sent events and comes back with `Last-Event-ID`, again and again. Every number must come once
 * and in order; only a restart of the plugin may leave some out, and then an event `missed` must say so.
 */
export class EventSubscriber {
  readonly name: string;
  readonly #protocol: Protocol;
  readonly #manner: Manner;
  readonly #gateways: Gateways;
  readonly #ledger: Ledger;
  #response: IncomingMessage | undefined;
  #lastEventId: string | undefined;
  /** The number that came last. */
  #last: number | undefined;
  #hasMissed = false;
  #isEnding = false;
  received = 0;
  connections = 0;
  missed = 0;

  constructor(
    parts: { readonly gateways: Gateways; readonly ledger: Ledger },
    protocol: Protocol,
    manner: Manner,
  ) {
    this.name = `events, ${protocol}, ${manner}`;
    this.#gateways = parts.gateways;
    this.#ledger = parts.ledger;
    this.#protocol = protocol;
    this.#manner = manner;
  }

  /** The number that came last. */
  get last(): number | undefined {
    return this.#last;
  }

  /** Listens until it is ended. */
  async run(): Promise<void> {
    while (!this.#isEnding) {
      const since = performance.now();
      try {
        await this.#listen();
      } catch (error) {
        if (!isBroken(error)) throw error;
        this.#broken(since, String(error));
      }
      if (!this.#isEnding) await sleep(RETRY_MS);
    }
  }

  /** Takes no more. */
  end(): void {
    this.#isEnding = true;
    this.#response?.destroy();
  }

  async #listen(): Promise<void> {
    const since = performance.now();
    const response = await this.#gateways.get(
      this.#protocol,
      '/v1/notifications?topics=invoice_creation',
      {
        rune: this.#gateways.rune,
        ...(this.#lastEventId === undefined ? {} : { 'last-event-id': this.#lastEventId }),
      },
    );
    if (response.statusCode !== 200) {
      response.resume();
      if (response.statusCode !== 503) {
        this.#ledger.violation(`${this.name}: status ${response.statusCode}`);
      }
      return;
    }
    this.#response = response;
    this.connections++;
    const behaving = this.#behave(response);
    let ownWill = false;
    response.once('soak:leave', () => {
      ownWill = true;
      response.destroy();
    });
    let text = '';
    let hasEnded = false;
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) if (this.#event(event)) hasEnded = true;
    });
    response.on('error', () => undefined);
    await new Promise((resolve) => response.once('close', resolve));
    clearInterval(behaving);
    const mayEnd = ownWill || hasEnded || this.#isEnding || this.#manner === 'stalls';
    if (!mayEnd) this.#broken(since, 'the stream ended');
  }

  #broken(since: number, why: string): void {
    if (this.#ledger.isDisturbed(this.#protocol, since)) return;
    this.#ledger.violation(`${this.name}: ${why}, and nothing had disturbed it`);
  }

  #behave(response: IncomingMessage): NodeJS.Timeout | undefined {
    switch (this.#manner) {
      case 'leaves':
        return setTimeout(() => response.emit('soak:leave'), STAY_MS * (0.5 + Math.random()));
      case 'slow':
      case 'stalls': {
        const ms = this.#manner === 'slow' ? PAUSE_MS : STALL_MS;
        return setInterval(() => {
          response.pause();
          setTimeout(() => response.resume(), ms);
        }, 2 * ms);
      }
      default:
        return undefined;
    }
  }

  /** Takes one event; says whether it is the last. */
  #event(event: string): boolean {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}: ?(.*)$`, 'm').exec(event)?.[1];
    const type = field('event');
    if (type === 'missed') {
      this.missed++;
      this.#hasMissed = true;
    } else if (type === 'invoice_creation') {
      const data = JSON.parse(field('data') ?? '{}') as { invoice_creation?: { label?: unknown } };
      const number = numberOf(data.invoice_creation?.label);
      if (number !== undefined) this.#take(number);
    }
    this.#lastEventId = field('id') ?? this.#lastEventId;
    return type === 'closed';
  }

  #take(number: number): void {
    const expected = this.#last === undefined ? number : this.#last + 1;
    if (number < expected)
      this.#ledger.violation(`${this.name}: ${number} came after ${this.#last}`);
    else if (number > expected) this.#gap(expected, number);
    this.#hasMissed = false;
    this.#last = number;
    this.received++;
  }

  /** Some did not come. That is right where they were made before a restarted plugin served again. */
  #gap(from: number, to: number): void {
    const { created } = this.#ledger;
    // Not when it was read: a slow subscriber reads for long what came before the restart.
    const restarted = this.#ledger.restartSince(this.#protocol, created[from - 1] ?? 0);
    const lost = created.slice(from, to);
    const isAccounted =
      this.#hasMissed && restarted !== undefined && lost.every((at) => at <= restarted);
    if (isAccounted) this.#ledger.count('events missed over a plugin restart', to - from);
    else {
      const said = this.#hasMissed ? 'reported' : 'not reported';
      this.#ledger.violation(`${this.name}: ${from} to ${to - 1} did not come (missed: ${said})`);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
