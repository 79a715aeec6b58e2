import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Refusal } from '../errors.ts';
import type { BaseHeaders } from './headers.ts';

/**
 * The one form of all errors: flat, as newer nodes answer, and nested under `error`, as the first
 * clnrest did. Clients of both kinds find an integer `code` and a `message`.
 */
export function envelope({ code, message, dataText }: Refusal): string {
  const data = dataText === undefined ? '' : `,"data":${oneLine(dataText)}`;
  const error = `"code":${code},"message":${JSON.stringify(message)}${data}`;
  return `{${error},"error":{${error}}}`;
}

/** White space between values may hold line ends, strings can't: some clients read one line only. */
function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]/g, ' ');
}

/** Answers with the error. */
export function sendEnvelope(response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of headersOf(refusal)) response.setHeader(name, value);
  const body = envelope(refusal);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(refusal.status);
  response.end(body);
}

/** The whole answer as it goes over a connection that has no request to answer. */
export function rawEnvelope(refusal: Refusal, base: BaseHeaders): string {
  const body = envelope(refusal);
  const headers = [
    ...base,
    ...headersOf(refusal),
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Date', new Date().toUTCString()],
    ['Connection', 'close'],
  ];
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${head}\r\n${body}`;
}

function headersOf({ status, headers }: Refusal): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(headers),
    // RFC 9110, section 15.5.2, wants one with a 401.
    ...(status === 401 ? ([['WWW-Authenticate', 'Rune']] as const) : []),
    ['Content-Type', 'application/json'],
    ['Cache-Control', 'no-store'],
  ];
}
