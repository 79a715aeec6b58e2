import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import type { Origins } from '../options/origins.ts';
import type { HeaderList } from './headers.ts';

/** How long a browser may remember the answer to a preflight, in seconds. */
const MAX_AGE = 600;
/** Headers of our answers that pages may read, beside those that they always may. */
const EXPOSED = 'Retry-After,Allow';

const METHODS_HEADER = 'Access-Control-Allow-Methods';

/** Allowed headers are not listed, so that whatever a page asks for is allowed: `Rune` above all. */
const common = {
  exposedHeaders: EXPOSED,
  maxAge: MAX_AGE,
  // Of a path that is there `allowMethods` tells more.
  methods: 'GET,HEAD,POST',
  preflightContinue: true,
};
const reflect = cors({ ...common, origin: true });
const everyone = cors({ ...common, origin: '*' });

/** The headers of cross-origin resource sharing that all answers have in common. */
export function commonCorsHeaders(origins: Origins): HeaderList {
  if (!origins.all) return [];
  return ['Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', EXPOSED];
}

/**
 * Sets the headers of cross-origin resource sharing that depend on the request: for an origin that is
 * allowed, those that let a page read the answer; for any other none, but that the answer depends on
 * the origin.
 */
export function setCorsHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  origins: Origins,
): void {
  if (origins.all) {
    if (request.method === 'OPTIONS') everyone(request, response, ignore);
    return;
  }
  const { origin } = request.headers;
  if (origin !== undefined && origins.allow(origin)) {
    reflect(request, response, ignore);
  } else {
    response.setHeader('Vary', 'Origin');
  }
}

/** Has the answer to a preflight allow what the path takes and no more, if it allows anything. */
export function allowMethods(response: ServerResponse, methods: readonly string[]): void {
  if (response.hasHeader(METHODS_HEADER)) response.setHeader(METHODS_HEADER, methods.join(','));
}

function ignore(): void {
  // Nothing comes after: the headers are set.
}
