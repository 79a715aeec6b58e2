import { get, type IncomingMessage } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { type Findings, OrderCheck } from './order-check.ts';

/** Where subscribers connect, and with what. */
export interface Place {
  /** The gateways that can run now. */
  readonly urls: readonly string[];
  readonly rune: string;
  readonly findings: Findings;
}

/** A subscriber that changes between gateways. */
export interface Subscriber {
  readonly name: string;
  readonly check: OrderCheck;
  run(): Promise<void>;
  /** Ends `run`. */
  end(): void;
}

const STAY_MS = 8_000;
const RETRY_MS = 300;

/** Subscribes over server-sent events at one gateway after another, each time from the last id. */
export class EventSubscriber implements Subscriber {
  readonly name: string;
  readonly check: OrderCheck;
  readonly #place: Place;
  #lastId = '';
  #isEnding = false;
  #response: IncomingMessage | undefined;

  constructor(name: string, place: Place) {
    this.name = `events ${name}`;
    this.#place = place;
    this.check = new OrderCheck(this.name, place.findings);
  }

  async run(): Promise<void> {
    while (!this.#isEnding) {
      await this.#subscribe().catch(() => this.#place.findings.count('connections refused'));
      if (!this.#isEnding) await sleep(RETRY_MS);
    }
  }

  end(): void {
    this.#isEnding = true;
    this.#response?.destroy();
  }

  async #subscribe(): Promise<void> {
    const { rune, urls, findings } = this.#place;
    const headers = { rune, ...(this.#lastId !== '' && { 'last-event-id': this.#lastId }) };
    const url = `${oneOf(urls)}/v1/notifications?topics=invoice_creation`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers, agent: false }, resolve).on('error', reject);
    });
    if (response.statusCode !== 200) throw new Error(String(response.statusCode));
    findings.count('connections');
    this.#response = response;
    const leave = setTimeout(() => response.destroy(), STAY_MS * (0.5 + Math.random()));
    let text = '';
    response.setEncoding('utf8').on('error', () => undefined);
    response.on('data', (piece: string) => {
      const blocks = (text + piece).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#read(block);
    });
    await new Promise((resolve) => response.once('close', resolve));
    clearTimeout(leave);
  }

  #read(block: string): void {
    if (/^event: missed$/m.test(block)) this.check.missed();
    const number = /"label":"soak-(\d+)"/.exec(block)?.[1];
    if (number !== undefined) this.check.number(Number(number));
    this.#lastId = /^id: (.*)$/m.exec(block)?.[1] ?? this.#lastId;
  }
}

/** Subscribes over Socket.IO at one gateway after another, each time from the last id. */
export class SocketSubscriber implements Subscriber {
  readonly name: string;
  readonly check: OrderCheck;
  readonly #place: Place;
  #lastId = '';
  #isEnding = false;
  #socket: Socket | undefined;

  constructor(name: string, place: Place) {
    this.name = `Socket.IO ${name}`;
    this.#place = place;
    this.check = new OrderCheck(this.name, place.findings);
  }

  async run(): Promise<void> {
    while (!this.#isEnding) {
      await this.#subscribe();
      if (!this.#isEnding) await sleep(RETRY_MS);
    }
  }

  end(): void {
    this.#isEnding = true;
    this.#socket?.disconnect();
  }

  async #subscribe(): Promise<void> {
    const { rune, urls, findings } = this.#place;
    const socket = io(oneOf(urls), {
      forceNew: true,
      reconnection: false,
      auth: { rune, topics: 'invoice_creation', last_event_id: this.#lastId },
    });
    this.#socket = socket;
    socket.on('message', (payload: { invoice_creation: { label: string } }, id: string) => {
      this.#lastId = id;
      const number = /^soak-(\d+)$/.exec(payload.invoice_creation.label)?.[1];
      if (number !== undefined) this.check.number(Number(number));
    });
    socket.on('resume_from', (id: string) => (this.#lastId = id));
    socket.on('missed', () => this.check.missed());
    socket.on('connect', () => findings.count('connections'));
    const leave = setTimeout(() => socket.disconnect(), STAY_MS * (0.5 + Math.random()));
    await new Promise<void>((resolve) => {
      socket.on('disconnect', () => resolve());
      socket.on('connect_error', () => {
        findings.count('connections refused');
        resolve();
      });
    });
    clearTimeout(leave);
    socket.off().disconnect();
  }
}

function oneOf(urls: readonly string[]): string {
  return urls[Math.floor(Math.random() * urls.length)] ?? '';
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
