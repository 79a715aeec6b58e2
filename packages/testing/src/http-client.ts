import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { RUNE } from './rune.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly bytes: Buffer;
  /** The body as JSON. */
  json(): unknown;
}

/** Sends a request and reads the whole response. Rejects if the response is incomplete. */
export async function ask(
  url: string,
  options: RequestOptions & { readonly body?: string | Buffer; readonly ca?: string } = {},
): Promise<Answer> {
  const { body, ...rest } = options;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { agent: false, ...rest }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const text = bytes.toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          bytes,
          json: () => JSON.parse(text) as unknown,
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Calls a command with a rune. */
export function call(
  url: string,
  method: string,
  body?: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return ask(`${url}/v1/${method}`, {
    method: 'POST',
    headers: { rune: RUNE, ...type, ...headers },
    ...(body !== undefined && { body }),
  });
}

/** A connection that sends any text. */
export class RawClient {
  readonly socket: Socket;
  #text = '';
  #ended = false;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    const end = (): void => {
      this.#ended = true;
      this.#changed();
    };
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.#text += String(text);
      this.#changed();
    });
    socket.on('end', end).on('error', end).on('close', end);
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return new RawClient(socket);
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Resolves with the received text when it matches the pattern. Rejects if the connection ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      if (this.#ended) throw new Error(`the connection ended after ${JSON.stringify(this.#text)}`);
      await this.#change();
    }
    return this.#text;
  }

  /** Resolves with all received text when the connection has ended. */
  async all(): Promise<string> {
    while (!this.#ended) await this.#change();
    return this.#text;
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
