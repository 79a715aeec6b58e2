import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Refusal } from '../errors.ts';
import type { HeaderList } from './headers.ts';

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
  const body = envelope(refusal);
  response.writeHead(refusal.status, headersOf(refusal, body));
  response.end(body);
}

/** The whole answer as it goes over a connection that has no request to answer. */
export function rawEnvelope(refusal: Refusal, base: HeaderList): string {
  const body = envelope(refusal);
  const headers = [
    ...base,
    ...headersOf(refusal, body),
    'Date',
    new Date().toUTCString(),
    'Connection',
    'close',
  ];
  const head = headers.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
  const { status } = refusal;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`;
}

function headersOf({ kind, status, headers }: Refusal, body: string): string[] {
  return [
    ...Object.entries(headers),
    // RFC 9110, section 15.5.2, wants one with a 401.
    ...(status === 401 ? [['WWW-Authenticate', 'Rune']] : []),
    ...(kind === 'busy' ? [['Retry-After', '1']] : []),
    ['Content-Type', 'application/json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Cache-Control', 'no-store'],
  ].flat();
}
