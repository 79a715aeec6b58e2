import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Refusal } from '../refusals.ts';
import { HTML } from '../pages/page.ts';
import type { HeaderList } from './headers.ts';

/**
 * The body of all error responses. It has the members twice: flat, like newer nodes, and nested under
 * `error`, like the first clnrest. Clients of both find an integer `code` and a `message`.
 */
export function errorEnvelope({ code, message, dataText }: Refusal): string {
  const data = dataText === undefined ? '' : `,"data":${oneLine(dataText)}`;
  const error = `"code":${code},"message":${JSON.stringify(message)}${data}`;
  return `{${error},"error":{${error}}}`;
}

/** Replaces line breaks, which JSON has only between values: some clients read a single line. */
function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]/g, ' ');
}

/**
 * Sends an error response.
 *
 * @param page - the error as HTML, if the client wants that
 */
export function sendError(response: ServerResponse, refusal: Refusal, page?: string): void {
  const body = page ?? errorEnvelope(refusal);
  response.writeHead(refusal.status, headersOf(refusal, body, page !== undefined));
  response.end(body);
}

/** Returns the bytes of an error response for a connection on which no request could be read. */
export function rawErrorResponse(
  refusal: Refusal,
  base: HeaderList,
  requestId: string,
  page?: string,
): string {
  const body = page ?? errorEnvelope(refusal);
  const headers = [
    'X-Request-Id',
    requestId,
    ...base,
    ...headersOf(refusal, body, page !== undefined),
    'Date',
    new Date().toUTCString(),
    'Connection',
    'close',
  ];
  const head = headers.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
  const { status } = refusal;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`;
}

function headersOf({ status, headers }: Refusal, body: string, isPage: boolean): string[] {
  return [
    ...Object.entries(headers),
    // RFC 9110, section 15.5.2, requires it.
    ...(status === 401 ? [['WWW-Authenticate', 'Rune']] : []),
    ...(status === 503 && headers['Retry-After'] === undefined ? [['Retry-After', '1']] : []),
    ['Content-Type', isPage ? HTML : 'application/json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Cache-Control', 'no-store'],
  ].flat();
}
