import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Origins } from '../options/origins.ts';
import type { HeaderList } from './headers.ts';

/** How long a browser may cache the response to a preflight, in seconds. */
const MAX_AGE = '600';
/** Response headers that pages can read, in addition to the CORS-safelisted ones. */
const EXPOSED = 'Retry-After,Allow,X-Request-Id';

const ORIGIN_HEADER = 'Access-Control-Allow-Origin';
const METHODS_HEADER = 'Access-Control-Allow-Methods';
const EXPOSED_HEADER = 'Access-Control-Expose-Headers';

/** The CORS headers that all responses have in common. */
export function commonCorsHeaders(origins: Origins): HeaderList {
  return origins.all ? [ORIGIN_HEADER, '*', EXPOSED_HEADER, EXPOSED] : [];
}

/**
 * Sets the CORS headers that depend on the request. For an allowed origin they permit reading the
 * response, and in a preflight the requested headers. Any other origin gets none.
 */
export function setCorsHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  origins: Origins,
): void {
  if (!origins.all) {
    const { origin } = request.headers;
    response.setHeader('Vary', 'Origin');
    if (origin === undefined || !origins.allow(origin)) return;
    response.setHeader(ORIGIN_HEADER, origin);
    response.setHeader(EXPOSED_HEADER, EXPOSED);
  }
  if (request.method === 'OPTIONS') allowPreflight(request, response);
}

/** Allows all requested headers, because every client needs `Rune`. */
function allowPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  // For a path that exists, `allowMethods` restricts this.
  response.setHeader(METHODS_HEADER, 'GET,HEAD,POST');
  response.setHeader('Access-Control-Max-Age', MAX_AGE);
  const wanted = headers['access-control-request-headers'];
  const vary = response.hasHeader('Vary') ? 'Origin, ' : '';
  response.setHeader('Vary', `${vary}Access-Control-Request-Headers`);
  if (wanted !== undefined) response.setHeader('Access-Control-Allow-Headers', wanted);
}

/** Restricts a preflight's methods to those that the path serves, if the origin is allowed at all. */
export function allowMethods(response: ServerResponse, methods: readonly string[]): void {
  if (response.hasHeader(METHODS_HEADER)) response.setHeader(METHODS_HEADER, methods.join(','));
}
