import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { TestNode } from '../support/node.ts';

/** A POST as recorded from a client. */
export interface RecordedRequest {
  /** `getinfo` means `/v1/getinfo`. */
  readonly method: string;
  /**
   * The header lines in their order and spelling; `<host>`, `<rune>` and `<length>` are filled in.
   * Nothing is added to them.
   */
  readonly head: string;
  readonly rune: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** The gateway to call: URL and certificate authority. */
export type Place = Pick<TestNode, 'url' | 'caFile'>;

/** Sends exactly these bytes and resolves when the response starts. Trusts only the node's authority. */
export function sendRecorded(place: Place, recorded: RecordedRequest): Promise<IncomingMessage> {
  const url = new URL(`/v1/${recorded.method}`, place.url);
  const secure = url.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  const trust = secure ? { ca: readFileSync(place.caFile) } : {};
  const headers = headerLines(recorded, url.host);
  const { signal, body } = recorded;
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, agent: false, setHost: false, signal, ...trust };
    send(url, options, resolve).on('error', reject).end(body);
  });
}

/** Returns alternating names and values, which node:http writes unchanged. */
function headerLines({ head, rune, body = '' }: RecordedRequest, host: string): string[] {
  return head
    .trim()
    .replace('<host>', host)
    .replace('<rune>', rune)
    .replace('<length>', String(Buffer.byteLength(body)))
    .split('\n')
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
}

/** A complete response. */
export interface SeenAnswer {
  readonly status: number;
  /** The unmodified body. */
  readonly contentType: string | undefined;
  readonly text: string;
}

/** Sends exactly these bytes and reads the complete response. */
export async function responseToRecorded(
  place: Place,
  recorded: RecordedRequest,
): Promise<SeenAnswer> {
  const answer = await sendRecorded(place, recorded);
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'],
    text: await text(unpacked(answer)),
  };
}

/** Decompresses a response, since the gateway compresses large ones if the client accepts that. */
function unpacked(answer: IncomingMessage): Readable {
  switch (answer.headers['content-encoding']) {
    case 'gzip':
      return answer.pipe(createGunzip());
    case 'br':
      return answer.pipe(createBrotliDecompress());
    default:
      return answer;
  }
}

/** Yields the lines of a response as they arrive, including an unterminated last line, like httpx. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of unpacked(answer).setEncoding('utf8')) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
