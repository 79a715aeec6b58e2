import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { readFileSync } from 'node:fs';
import type { TestNode } from './node.ts';

/** A response with its raw body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  json(): unknown;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly rune?: string;
  readonly signal?: AbortSignal;
}

/** Sends a request to the node's REST server. Trusts only the node's certificate authority. */
export function ask(node: TestNode, path: string, options: Ask = {}): Promise<Answer> {
  const { method = 'POST', body, rune, signal } = options;
  const headers: Record<string, string> = { ...options.headers };
  if (rune !== undefined) headers['Rune'] = rune;
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const url = new URL(path, node.url);
  const secure = url.protocol === 'https:';
  const request = secure ? httpsRequest : httpRequest;
  const agent = secure ? new Agent({ ca: readFileSync(node.caFile) }) : undefined;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent, signal }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          bytes,
          text,
          json: () => JSON.parse(text) as unknown,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends a POST request with a JSON body. */
export function post(node: TestNode, path: string, rune: string, body: string): Promise<Answer> {
  return ask(node, path, { rune, body, headers: { 'content-type': 'application/json' } });
}
