import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ClnrestError, type Transport } from '@clnrest/client';

/** The head of an answer. */
export interface Observed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** When the request went out and the head came in, in milliseconds since 1970. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What a probe is made for. */
export interface ProbeSettings {
  /** Authorities to trust, as PEM text; without them, the system's. */
  readonly ca: string | undefined;
  /** Whether to speak with servers that are not trusted; they must be shown no secret. */
  readonly unverified: boolean;
  readonly now: () => Date;
}

type Request = Parameters<Transport['send']>[0];
type Answer = Awaited<ReturnType<Transport['send']>>;

/**
 * Carries a client's requests, each over a connection of its own, and remembers what came back, so that more
 * can be said of an answer than that it was none of a gateway's.
 */
export class Probe implements Transport {
  readonly #settings: ProbeSettings;
  #observed: Observed | undefined;
  #heard: () => void = () => undefined;

  constructor(settings: ProbeSettings) {
    this.#settings = settings;
  }

  /** The newest answer. */
  get observed(): Observed | undefined {
    return this.#observed;
  }

  /** Calls back when a piece of a body comes, from now on. */
  onPiece(callback: () => void): void {
    this.#heard = callback;
  }

  send({ method, url, headers, body, signal }: Request): Promise<Answer> {
    return this.request(method, url, headers, body, signal);
  }

  /** Sends any request: a client knows GET and POST only. Redirects are not followed. */
  request(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { ca, unverified } = this.#settings;
    this.#observed = undefined;
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const trust = { rejectUnauthorized: !unverified, ...(ca === undefined ? {} : { ca }) };
      const sentAt = this.#settings.now().getTime();
      const request = send(url, { method, headers, agent: false, ...trust });
      const abort = (): void => void request.destroy();
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      request.on('close', () => signal.removeEventListener('abort', abort));
      request.on('error', (error) => reject(failure(error)));
      request.on('response', (response) => {
        response.on('error', () => undefined);
        this.#observe(response, sentAt);
        resolve({
          status: response.statusCode ?? 0,
          header: (name) => String(response.headers[name] ?? '') || undefined,
          body: this.#read(response),
        });
      });
      request.end(body);
    });
  }

  close(): void {
    // Connections end with their requests.
  }

  #observe({ statusCode: status = 0, headers }: IncomingMessage, sentAt: number): void {
    const answeredAt = this.#settings.now().getTime();
    this.#observed = { status, headers, sentAt, answeredAt };
  }

  async *#read(response: IncomingMessage): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const piece of response) {
        this.#heard();
        yield piece as Uint8Array;
      }
    } catch (error) {
      throw failure(error as Error);
    }
  }
}

function failure(cause: NodeJS.ErrnoException): ClnrestError {
  if (cause.code?.startsWith('HPE_') === true) {
    return new ClnrestError('malformed_answer', 'what came is no HTTP', { cause });
  }
  const words = cause.code ?? cause.message;
  return new ClnrestError('connection_failed', words, { cause });
}
