import { Agent as HttpAgent, get, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet, request as httpsRequest } from 'node:https';
import type { Destination } from '../fuzz/client.ts';
import type { Protocol } from './ledger.ts';

/** An HTTP client for the two gateways. */
export class Gateways {
  readonly rune: string;
  readonly #ports: Readonly<Record<Protocol, number>>;
  readonly #agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true, rejectUnauthorized: false }),
  };

  constructor({ httpPort, httpsPort, values }: Destination) {
    this.rune = values['rune'] ?? '';
    this.#ports = { http: httpPort, https: httpsPort };
  }

  port(protocol: Protocol): number {
    return this.#ports[protocol];
  }

  url(protocol: Protocol): string {
    return `${protocol}://127.0.0.1:${this.#ports[protocol]}`;
  }

  /** Calls a command. Rejects if the connection breaks. */
  async call(
    protocol: Protocol,
    method: string,
    params: object,
    { signal, keep = true }: { readonly signal?: AbortSignal; readonly keep?: boolean } = {},
  ): Promise<{ status: number; answer: Record<string, unknown> }> {
    const body = JSON.stringify(params);
    const send = protocol === 'http' ? httpRequest : httpsRequest;
    const request = send({
      host: '127.0.0.1',
      port: this.#ports[protocol],
      method: 'POST',
      path: `/v1/${method}`,
      agent: keep ? this.#agents[protocol] : false,
      ...(protocol === 'https' ? { rejectUnauthorized: false } : {}),
      ...(signal === undefined ? {} : { signal }),
      headers: {
        rune: this.rune,
        'content-type': 'application/json',
        'content-length': body.length,
      },
    });
    request.end(body);
    const response = await responseTo(request);
    const text = await textOf(response);
    return {
      status: response.statusCode ?? 0,
      answer: JSON.parse(text) as Record<string, unknown>,
    };
  }

  /** Sends a GET request on a new connection. Rejects if the connection breaks. */
  async get(
    protocol: Protocol,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const send = protocol === 'http' ? get : httpsGet;
    return responseTo(
      send({
        host: '127.0.0.1',
        port: this.#ports[protocol],
        path,
        headers,
        agent: false,
        ...(protocol === 'https' ? { rejectUnauthorized: false } : {}),
      }),
    );
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}

/** Whether an error means that the connection broke. */
export function isBroken(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ECONNABORTED', 'EPROTO'].includes(code ?? '') ||
    /aborted|socket hang up|disconnected/i.test(message)
  );
}

function responseTo(request: ReturnType<typeof get>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => (text += piece));
    response.on('end', () => resolve(text));
    response.on('error', reject);
  });
}
