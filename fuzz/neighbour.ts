import { get, request as httpRequest, type IncomingMessage, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet, request as httpsRequest } from 'node:https';
import type { Destination } from './client.ts';
import { Excuses } from './excuses.ts';

/** What the neighbour reports. */
export type Report =
  | { readonly kind: 'times'; readonly times: readonly number[] }
  | { readonly kind: 'slow'; readonly what: string; readonly ms: number }
  | { readonly kind: 'wrong'; readonly what: string };

/** A response that is later than this is too late. */
export const SLOW_MS = 1_000;
const PAUSE_MS = 40;
const LOOK_MS = 50;
/** Notifications are held for up to a second. */
const NOTIFY_MS = 10_000;
/** It comes from an address of its own, where the system has more than one for loopback. */
const ADDRESS = process.platform === 'linux' ? '127.0.0.9' : '127.0.0.1';

/**
 * A client that does all as it should, on connections of its own: calls `getinfo`, makes invoices and listens
 * to server-sent events. It checks each response, and that its notifications come, each once. It runs as
 * a process of its own, so that what slows the fuzzer does not slow it.
 */
export class Neighbour {
  readonly #report: (report: Report) => void;
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
  readonly #expected = new Map<string, Excuses>();
  readonly #asking = new Map<object, { what: string; excuses: Excuses }>();
  readonly #name = `neighbour-${process.pid}-${Date.now()}`;
  #times: number[] = [];
  #invoices = 0;

  /** @param pids the processes that answer it */
  constructor(destination: Destination, pids: readonly number[], report: (report: Report) => void) {
    this.#destination = destination;
    this.#pids = pids;
    this.#report = report;
  }

  /** Goes on until the process is ended. */
  run(): void {
    setInterval(() => this.#look(), LOOK_MS);
    setInterval(() => this.#flush(), 1_000);
    void this.#begin();
  }

  /** Subscribes everywhere before it creates an invoice that every subscriber must receive. */
  async #begin(): Promise<void> {
    const protocols = ['http', 'https'] as const;
    await Promise.all(protocols.map((protocol) => this.#listen(protocol)));
    for (const protocol of protocols) void this.#call(protocol);
  }

  #flush(): void {
    if (this.#times.length > 0) this.#report({ kind: 'times', times: this.#times });
    this.#times = [];
  }

  #look(): void {
    for (const [key, { what, excuses }] of this.#asking) {
      const ms = excuses.ms;
      if (ms < SLOW_MS) continue;
      this.#asking.delete(key);
      this.#report({ kind: 'slow', what, ms });
    }
    for (const [label, excuses] of this.#expected) {
      if (excuses.ms < NOTIFY_MS) continue;
      this.#expected.delete(label);
      this.#wrong(`no notification of ${label} within ${NOTIFY_MS} ms`);
    }
  }

  #wrong(what: string): void {
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
          this.#expected.set(`${each} ${label}`, new Excuses(this.#pids));
      }
      const key = {};
      const since = performance.now();
      this.#asking.set(key, {
        what: `${protocol} POST ${path}`,
        excuses: new Excuses(this.#pids),
      });
      try {
        const { status, text } = await this.#post(protocol, path, values['rune'] ?? '', body);
        const answer = JSON.parse(text) as Record<string, unknown>;
        if (status !== 201) this.#wrong(`${path}: ${status} ${text}`);
        else if (isInvoice && typeof answer['bolt11'] !== 'string') this.#wrong(`${path}: ${text}`);
        else if (!isInvoice) {
          id ??= String(answer['id']);
          if (answer['id'] !== id || id.length !== 66) this.#wrong(`${path}: ${text}`);
        }
      } catch (error) {
        this.#wrong(`${protocol} POST ${path}: ${String(error)}`);
      }
      this.#asking.delete(key);
      this.#times.push(performance.now() - since);
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
    const ask = protocol === 'http' ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = ask(
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

  async #listen(protocol: 'http' | 'https'): Promise<void> {
    const { httpPort, httpsPort, values } = this.#destination;
    const ask = protocol === 'http' ? get : httpsGet;
    const request = ask({
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
      this.#wrong(`events: ${typeof response === 'string' ? response : response.statusCode}`);
      return;
    }
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      const events = (text + piece).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.#hear(protocol, event);
    });
    response.on('close', () => this.#wrong(`${protocol}: the events have ended`));
    response.on('error', () => undefined);
  }

  #hear(protocol: string, event: string): void {
    const label = /"label":"([^"]*)"/.exec(event)?.[1];
    if (label?.startsWith(this.#name) !== true) return;
    if (!this.#expected.delete(`${protocol} ${label}`))
      this.#wrong(`${protocol}: ${label} came twice`);
  }
}

/** Runs a neighbour in this process, which was forked for it. */
export function beNeighbour(destination: Destination, pids: readonly number[]): void {
  process.on('disconnect', () => process.exit(0));
  process.on('uncaughtException', (error) => {
    process.send?.({ kind: 'wrong', what: String(error.stack) });
  });
  new Neighbour(destination, pids, (report) => process.send?.(report)).run();
}
