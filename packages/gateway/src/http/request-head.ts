import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusals.ts';
import type { Limits } from '../limits.ts';

/** The detail for an unsupported HTTP version. node:http detects only some of them. */
export const VERSIONS = 'the version must be HTTP/1.0 or HTTP/1.1';

/**
 * Checks the head of a request, whatever its path. Throws a {@link Refusal} (`bad_request`,
 * `headers_too_large`, `url_too_long`, `expectation`).
 */
export function checkHead(
  { headers, httpVersion, rawHeaders, url }: IncomingMessage,
  limits: Limits,
): void {
  if (rawHeaders.length > 2 * limits.headers) throw Refusal.of('headers_too_large');
  if ((url ?? '').length > limits.urlLength) throw Refusal.of('url_too_long');
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw malformed(VERSIONS);
  const repeated = repeatedHeader(rawHeaders);
  if (repeated !== undefined) throw malformed(`there is more than one ${repeated} header`);
  // RFC 9112, section 3.2.
  if (headers.host === undefined && httpVersion === '1.1') {
    throw malformed('the host header is missing');
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) checkCoding(coding, httpVersion);
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw Refusal.of('expectation');
  }
}

/** Whether {@link checkHead} passes. */
export function isValidHead(request: IncomingMessage, limits: Limits): boolean {
  try {
    checkHead(request, limits);
    return true;
  } catch {
    return false;
  }
}

/** node:http decodes chunks only: it ignores any other coding and passes the body on undecoded. */
function checkCoding(coding: string, httpVersion: string): void {
  // RFC 9112, section 6.1: client and server can disagree about the end of such a request.
  if (httpVersion === '1.0') throw malformed('HTTP/1.0 has no transfer-encoding');
  if (coding.toLowerCase() !== 'chunked') throw malformed('the transfer-encoding must be chunked');
}

/**
 * Returns the name of a repeated header that must be unique. node:http uses the first one, and a proxy in
 * front can have used the last one (RFC 9112, section 3.2; RFC 9110, section 5.3).
 */
function repeatedHeader(rawHeaders: readonly string[]): 'Host' | 'Content-Type' | undefined {
  let hosts = 0;
  let types = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    // Comparing lengths first is faster: this runs for every header of every request.
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
    else if (name.length === 12 && name.toLowerCase() === 'content-type') types++;
  }
  if (hosts > 1) return 'Host';
  return types > 1 ? 'Content-Type' : undefined;
}

/** Others can read this request differently, so the connection closes: its further input is not safe either. */
function malformed(detail: string): Refusal {
  return Refusal.of('bad_request', { detail, headers: { Connection: 'close' } });
}
