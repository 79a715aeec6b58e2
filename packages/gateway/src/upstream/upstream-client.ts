import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import type { ClientRequest } from 'node:http';

/** Another gateway, which has the node's socket. Plain data. */
export interface UpstreamSettings {
  /** Its address, such as `https://10.0.0.5:3010`, without a slash at the end. */
  readonly url: string;
  /** Certificates of authorities in PEM, instead of those that Node.js trusts. */
  readonly ca: string | undefined;
  /** A rune that allows `checkrune`. */
  readonly rune: string;
}

/** Less than the time for which a gateway keeps an idle connection, so that no request meets a closed one. */
const IDLE_MS = 30_000;
const MAX_SOCKETS = 256;

/** Connections to another gateway. */
export class UpstreamClient {
  readonly settings: UpstreamSettings;
  readonly #agent: HttpAgent;

  constructor(settings: UpstreamSettings) {
    this.settings = settings;
    const { url, ca } = settings;
    const options = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS };
    this.#agent = url.startsWith('https:')
      ? new HttpsAgent({ ...options, ...(ca !== undefined && { ca }) })
      : new HttpAgent(options);
  }

  /** Begins a request. The caller writes the body and listens for the response and for errors. */
  request(
    path: string,
    options: Pick<RequestOptions, 'method' | 'headers' | 'signal'>,
  ): ClientRequest {
    const { url } = this.settings;
    const send = url.startsWith('https:') ? secureRequest : request;
    return send(`${url}${path}`, { ...options, agent: this.#agent });
  }

  /** Sends a request and reads the response, of at most some bytes. Rejects if none arrives in time. */
  async fetch(
    path: string,
    { body, ...options }: Parameters<UpstreamClient['request']>[1] & { readonly body?: string },
    { maxBytes, timeoutMs }: { readonly maxBytes: number; readonly timeoutMs: number },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      this.request(path, { ...options, signal })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response) {
      bytes += (piece as Buffer).length;
      if (bytes > maxBytes) throw new Error('the response of the upstream gateway is too large');
      pieces.push(piece as Buffer);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() };
  }

  close(): void {
    this.#agent.destroy();
  }
}
