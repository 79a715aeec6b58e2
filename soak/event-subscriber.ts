import type { IncomingMessage } from 'node:http';
import { type Gateways, isBroken } from './gateways.ts';
import { type Ledger, numberOf, type Protocol } from './ledger.ts';

/** How a subscriber behaves. */
export type SubscriberBehaviour = 'steady' | 'disconnects' | 'slow' | 'stalls';

const RETRY_MS = 300;
/** The average time that a subscriber stays that disconnects on purpose. */
const STAY_MS = 7_000;
/** The pauses of a slow reader, and of one that the gateway must disconnect. */
const PAUSE_MS = 2_500;
const STALL_MS = 20_000;

/**
 * Subscribes to server-sent events and reconnects with `Last-Event-ID` whenever the stream ends. Each number must
 * arrive once and in order. Only a restart of the plugin may leave out numbers, and then an event `missed` must report it.
 */
export class EventSubscriber {
  readonly name: string;
  readonly #protocol: Protocol;
  readonly #behaviour: SubscriberBehaviour;
  readonly #gateways: Gateways;
  readonly #ledger: Ledger;
  #response: IncomingMessage | undefined;
  #lastEventId: string | undefined;
  /** The last number received. */
  #last: number | undefined;
  #hasMissed = false;
  #isEnding = false;
  received = 0;
  connections = 0;
  missed = 0;

  constructor(
    parts: { readonly gateways: Gateways; readonly ledger: Ledger },
    protocol: Protocol,
    behaviour: SubscriberBehaviour,
  ) {
    this.name = `events, ${protocol}, ${behaviour}`;
    this.#gateways = parts.gateways;
    this.#ledger = parts.ledger;
    this.#protocol = protocol;
    this.#behaviour = behaviour;
  }

  /** The last number received. */
  get last(): number | undefined {
    return this.#last;
  }

  /** Runs until `end()`. */
  async run(): Promise<void> {
    while (!this.#isEnding) {
      const since = performance.now();
      try {
        await this.#subscribe();
      } catch (error) {
        if (!isBroken(error)) throw error;
        this.#onBroken(since, String(error));
      }
      if (!this.#isEnding) await sleep(RETRY_MS);
    }
  }

  /** Unsubscribes. */
  end(): void {
    this.#isEnding = true;
    this.#response?.destroy();
  }

  async #subscribe(): Promise<void> {
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
    const behaviourTimer = this.#startBehaviour(response);
    let isOwnDisconnect = false;
    response.once('soak:disconnect', () => {
      isOwnDisconnect = true;
      response.destroy();
    });
    let text = '';
    let hasEnded = false;
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) if (this.#onEvent(event)) hasEnded = true;
    });
    response.on('error', () => undefined);
    await new Promise((resolve) => response.once('close', resolve));
    clearInterval(behaviourTimer);
    const mayEnd = isOwnDisconnect || hasEnded || this.#isEnding || this.#behaviour === 'stalls';
    if (!mayEnd) this.#onBroken(since, 'the stream ended');
  }

  #onBroken(since: number, why: string): void {
    if (this.#ledger.isDisturbed(this.#protocol, since)) return;
    this.#ledger.violation(`${this.name}: ${why} without a disturbance`);
  }

  #startBehaviour(response: IncomingMessage): NodeJS.Timeout | undefined {
    switch (this.#behaviour) {
      case 'disconnects':
        return setTimeout(() => response.emit('soak:disconnect'), STAY_MS * (0.5 + Math.random()));
      case 'slow':
      case 'stalls': {
        const ms = this.#behaviour === 'slow' ? PAUSE_MS : STALL_MS;
        return setInterval(() => {
          response.pause();
          setTimeout(() => response.resume(), ms);
        }, 2 * ms);
      }
      default:
        return undefined;
    }
  }

  /** Handles one event. Returns true if it is the last one of the stream. */
  #onEvent(event: string): boolean {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}: ?(.*)$`, 'm').exec(event)?.[1];
    const type = field('event');
    if (type === 'missed') {
      this.missed++;
      this.#hasMissed = true;
    } else if (type === 'invoice_creation') {
      const data = JSON.parse(field('data') ?? '{}') as { invoice_creation?: { label?: unknown } };
      const number = numberOf(data.invoice_creation?.label);
      if (number !== undefined) this.#onNumber(number);
    }
    this.#lastEventId = field('id') ?? this.#lastEventId;
    return type === 'closed';
  }

  #onNumber(number: number): void {
    const expected = this.#last === undefined ? number : this.#last + 1;
    if (number < expected)
      this.#ledger.violation(`${this.name}: ${number} arrived after ${this.#last}`);
    else if (number > expected) this.#onGap(expected, number);
    this.#hasMissed = false;
    this.#last = number;
    this.received++;
  }

  /** Checks a gap. Numbers may be missing if they were created before a restarted plugin served again. */
  #onGap(from: number, to: number): void {
    const { created } = this.#ledger;
    // The time of creation counts, because a slow subscriber reads old events long after the restart.
    const restarted = this.#ledger.restartSince(this.#protocol, created[from - 1] ?? 0);
    const lost = created.slice(from, to);
    const isExplained =
      this.#hasMissed && restarted !== undefined && lost.every((at) => at <= restarted);
    if (isExplained) this.#ledger.count('events missed over a plugin restart', to - from);
    else {
      const report = this.#hasMissed ? 'reported' : 'not reported';
      this.#ledger.violation(`${this.name}: ${from} to ${to - 1} are missing (missed: ${report})`);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
