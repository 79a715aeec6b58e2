import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { TestNode } from '../support/node.ts';

/** A POST as a program was seen to send it. */
export interface SeenRequest {
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

/** Where the request goes, by the one and the other name of it. */
export type Place = Pick<TestNode, 'url' | 'caFile'>;

/** Sends exactly these bytes; resolves when an answer begins. Trusts the node's authority alone. */
export function sendAsSeen(place: Place, seen: SeenRequest): Promise<IncomingMessage> {
  const url = new URL(`/v1/${seen.method}`, place.url);
  const secure = url.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  const trust = secure ? { ca: readFileSync(place.caFile) } : {};
  const headers = headerLines(seen, url.host);
  const { signal, body } = seen;
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, agent: false, setHost: false, signal, ...trust };
    send(url, options, resolve).on('error', reject).end(body);
  });
}

/** Names and values, one after the other, which node:http writes as they are. */
function headerLines({ head, rune, body = '' }: SeenRequest, host: string): string[] {
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

/** A whole answer. */
export interface SeenAnswer {
  readonly status: number;
  /** Exactly as it came. */
  readonly contentType: string | undefined;
  readonly text: string;
}

/** Sends exactly these bytes, and reads the whole answer. */
export async function answerAsSeen(place: Place, seen: SeenRequest): Promise<SeenAnswer> {
  const answer = await sendAsSeen(place, seen);
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'],
    text: await text(unpacked(answer)),
  };
}

/** A large answer may come compressed to whoever says that it takes that. */
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

/** The lines of an answer as they come, the last one without an end, too: as httpx gives them. */
export async function* linesOf(answer: IncomingMessage): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of unpacked(answer).setEncoding('utf8')) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
