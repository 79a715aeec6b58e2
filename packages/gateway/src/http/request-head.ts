import type { IncomingMessage } from 'node:http';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';

/** Words for a version that is not served, which node:http sees only in part. */
export const VERSIONS = 'the version must be HTTP/1.0 or HTTP/1.1';

/**
 * What is asked of every request's head, wherever it goes. Throws a {@link Refusal} (`bad_request`,
 * `headers_too_large`, `url_too_long`, `expectation`).
 */
export function checkHead(
  { headers, httpVersion, rawHeaders, url }: IncomingMessage,
  limits: Limits,
): void {
  if (rawHeaders.length > 2 * limits.headers) throw Refusal.of('headers_too_large');
  if ((url ?? '').length > limits.urlLength) throw Refusal.of('url_too_long');
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw broken(VERSIONS);
  const repeated = repeatedHeader(rawHeaders);
  if (repeated !== undefined) throw broken(`there is more than one ${repeated} header`);
  // RFC 9112, section 3.2.
  if (headers.host === undefined && httpVersion === '1.1') {
    throw broken('the host header is missing');
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) checkCoding(coding, httpVersion);
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw Refusal.of('expectation');
  }
}

/** Whether {@link checkHead} passes. */
export function isProperHead(request: IncomingMessage, limits: Limits): boolean {
  try {
    checkHead(request, limits);
    return true;
  } catch {
    return false;
  }
}

/** node:http takes chunks apart, and passes other codings on as if the body were plain. */
function checkCoding(coding: string, httpVersion: string): void {
  // Whoever writes so may mean another end of the request than we do (RFC 9112, section 6.1).
  if (httpVersion === '1.0') throw broken('HTTP/1.0 has no transfer-encoding');
  if (coding.toLowerCase() !== 'chunked') throw broken('the transfer-encoding must be chunked');
}

/**
 * The name of a header that may be there once only, and is there again; node:http would tell of the
 * first, and what stands before us may have gone by the last (RFC 9112, section 3.2; RFC 9110, section
 * 5.3).
 */
function repeatedHeader(rawHeaders: readonly string[]): 'Host' | 'Content-Type' | undefined {
  let hosts = 0;
  let types = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    // Lengths first: this runs for every header of every request.
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
    else if (name.length === 12 && name.toLowerCase() === 'content-type') types++;
  }
  if (hosts > 1) return 'Host';
  return types > 1 ? 'Content-Type' : undefined;
}

/** A request that others may read otherwise than we do: nothing behind it is believed either. */
function broken(detail: string): Refusal {
  return Refusal.of('bad_request', { detail, headers: { Connection: 'close' } });
}
