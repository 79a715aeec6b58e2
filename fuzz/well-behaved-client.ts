import { get, request as httpRequest, type IncomingMessage, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet, request as httpsRequest } from 'node:https';
import type { Destination } from './client.ts';
import { Stopwatch } from './stopwatch.ts';
import { runInFork, type SendReport, TimedCalls } from './timed-calls.ts';

const PAUSE_MS = 40;
const CHECK_MS = 50;
/** The gateway delays notifications for up to a second. */
const NOTIFY_MS = 10_000;
/** A source address that no other client uses, if the system has several loopback addresses. */
const ADDRESS = process.platform === 'linux' ? '127.0.0.9' : '127.0.0.1';

/**
 * Calls `getinfo`, creates invoices and subscribes to server-sent events on its own connections. Checks each response,
 * and that each notification arrives exactly once. Runs in a separate process, so that a busy fuzzer does not delay it.
 */
export class WellBehavedClient {
  readonly #report: SendReport;
  readonly #timed: TimedCalls;
  readonly #destination: Destination;
  readonly #pids: readonly number[];
  readonly #agents = {
    http: new HttpAgent({ keepAlive: true, localAddress: ADDRESS } as object),
    https: new HttpsAgent({
      keepAlive: true,
      rejectUnauthorized: false,
      localAddress: ADDRESS,
    } as object),
  };
  readonly #expected = new Map<string, Stopwatch>();
  readonly #name = `well-behaved-client-${process.pid}-${Date.now()}`;
  #invoices = 0;

  /** @param pids - the server processes */
  constructor(destination: Destination, pids: readonly number[], report: SendReport) {
    this.#destination = destination;
    this.#pids = pids;
    this.#report = report;
    this.#timed = new TimedCalls(pids, report);
  }

  /** Runs until the process ends. */
  run(): void {
    this.#timed.start();
    setInterval(() => this.#checkNotifications(), CHECK_MS);
    void this.#start();
  }

  /** Subscribes everywhere before it creates an invoice that every subscriber must receive. */
  async #start(): Promise<void> {
    const protocols = ['http', 'https'] as const;
    await Promise.all(protocols.map((protocol) => this.#subscribe(protocol)));
    for (const protocol of protocols) void this.#call(protocol);
  }

  #checkNotifications(): void {
    for (const [label, stopwatch] of this.#expected) {
      if (stopwatch.ms < NOTIFY_MS) continue;
      this.#expected.delete(label);
      this.#reportWrong(`no notification of ${label} within ${NOTIFY_MS} ms`);
    }
  }

  #reportWrong(what: string): void {
    this.#report({ kind: 'wrong', what });
  }

  async #call(protocol: 'http' | 'https'): Promise<void> {
    const { values } = this.#destination;
    let id: string | undefined;
    for (let count = 0; ; count++) {
      const isInvoice = count % 10 === 9;
      const label = `${this.#name}-${++this.#invoices}`;
      const body = isInvoice ? `{"amount_msat":1000,"label":"${label}","description":"d"}` : '{}';
      const path = isInvoice ? '/v1/invoice' : '/v1/getinfo';
      if (isInvoice) {
        for (const each of ['http', 'https'])
          this.#expected.set(`${each} ${label}`, new Stopwatch(this.#pids));
      }
      try {
        const { status, text } = await this.#timed.time(`${protocol} POST ${path}`, () =>
          this.#post(protocol, path, values['rune'] ?? '', body),
        );
        const answer = JSON.parse(text) as Record<string, unknown>;
        if (status !== 201) this.#reportWrong(`${path}: ${status} ${text}`);
        else if (isInvoice && typeof answer['bolt11'] !== 'string')
          this.#reportWrong(`${path}: ${text}`);
        else if (!isInvoice) {
          id ??= String(answer['id']);
          if (answer['id'] !== id || id.length !== 66) this.#reportWrong(`${path}: ${text}`);
        }
      } catch (error) {
        this.#reportWrong(`${protocol} POST ${path}: ${String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #post(
    protocol: 'http' | 'https',
    path: string,
    rune: string,
    body: string,
  ): Promise<{ status: number | undefined; text: string }> {
    const { httpPort, httpsPort } = this.#destination;
    const send = protocol === 'http' ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: '127.0.0.1',
          port: protocol === 'http' ? httpPort : httpsPort,
          method: 'POST',
          path,
          agent: this.#agents[protocol],
          headers: { rune, 'content-type': 'application/json', 'content-length': body.length },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => (text += piece));
          response.on('end', () => resolve({ status: response.statusCode, text }));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  async #subscribe(protocol: 'http' | 'https'): Promise<void> {
    const { httpPort, httpsPort, values } = this.#destination;
    const send = protocol === 'http' ? get : httpsGet;
    const request = send({
      host: '127.0.0.1',
      localAddress: ADDRESS,
      port: protocol === 'http' ? httpPort : httpsPort,
      path: '/v1/notifications?topics=invoice_creation',
      headers: { rune: values['rune'] ?? '' },
      agent: false,
      ...(protocol === 'https' ? { rejectUnauthorized: false } : {}),
    } as object);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
    }).catch((error: unknown) => String(error));
    if (typeof response === 'string' || response.statusCode !== 200) {
      this.#reportWrong(`events: ${typeof response === 'string' ? response : response.statusCode}`);
      return;
    }
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.#onEvent(protocol, event);
    });
    response.on('close', () => this.#reportWrong(`${protocol}: the event stream ended`));
    response.on('error', () => undefined);
  }

  #onEvent(protocol: string, event: string): void {
    const label = /"label":"([^"]*)"/.exec(event)?.[1];
    if (label?.startsWith(this.#name) !== true) return;
    if (!this.#expected.delete(`${protocol} ${label}`))
      this.#reportWrong(`${protocol}: ${label} arrived twice`);
  }
}

/** Runs the client in this process, which the fuzzer forked. */
export function runWellBehavedClient(destination: Destination, pids: readonly number[]): void {
  runInFork((report) => new WellBehavedClient(destination, pids, report).run());
}
