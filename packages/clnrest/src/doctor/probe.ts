import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ClnrestError, type Transport } from '@clnrest/client';

/** Status and headers of a response, with timing. */
export interface Observed {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** When the request was sent and the headers arrived, in milliseconds since 1970. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Trust settings of a probe. */
export interface ProbeSettings {
  /** Authorities to trust, as PEM text; by default the system's. */
  readonly ca: string | undefined;
  /** Whether to accept untrusted servers, which must not receive secrets. */
  readonly unverified: boolean;
  readonly now: () => Date;
}

type ProbeRequest = Parameters<Transport['send']>[0];
type ProbeResponse = Awaited<ReturnType<Transport['send']>>;

/**
 * Sends a client's requests, each over its own connection, and records the response, so that findings can describe a
 * response that is not a gateway's.
 */
export class Probe implements Transport {
  readonly #settings: ProbeSettings;
  #observed: Observed | undefined;
  #onChunk: () => void = () => undefined;

  constructor(settings: ProbeSettings) {
    this.#settings = settings;
  }

  /** The response to the last request. */
  get observed(): Observed | undefined {
    return this.#observed;
  }

  /** Sets the callback for each chunk of a body that arrives. */
  onChunk(callback: () => void): void {
    this.#onChunk = callback;
  }

  send({ method, url, headers, body, signal }: ProbeRequest): Promise<ProbeResponse> {
    return this.request(method, url, headers, body, signal);
  }

  /** Sends a request with any method; a client uses only GET and POST. Does not follow redirects. */
  request(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<ProbeResponse> {
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
    // Each connection closes with its request.
  }

  #observe({ statusCode: status = 0, headers }: IncomingMessage, sentAt: number): void {
    const answeredAt = this.#settings.now().getTime();
    this.#observed = { status, headers, sentAt, answeredAt };
  }

  async *#read(response: IncomingMessage): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of response) {
        this.#onChunk();
        yield chunk as Uint8Array;
      }
    } catch (error) {
      throw failure(error as Error);
    }
  }
}

function failure(cause: NodeJS.ErrnoException): ClnrestError {
  if (cause.code?.startsWith('HPE_') === true) {
    return new ClnrestError('malformed_answer', 'the response is not HTTP', { cause });
  }
  return new ClnrestError('connection_failed', cause.code ?? cause.message, { cause });
}
