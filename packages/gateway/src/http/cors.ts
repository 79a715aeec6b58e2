import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import type { Origins } from '../options/origins.ts';

/** How long a browser may remember the answer to a preflight, in seconds. */
const MAX_AGE = 600;

/** Allowed headers are not listed, so that whatever a page asks for is allowed: `Rune` above all. */
const common = {
  exposedHeaders: ['Retry-After', 'Allow'],
  maxAge: MAX_AGE,
  preflightContinue: true,
};
const reflect = cors({ ...common, origin: true });
const everyone = cors({ ...common, origin: '*' });

/**
 * Sets the headers of cross-origin resource sharing: for an origin that is allowed, those that let a
 * page read the answer; for any other none, but that the answer depends on the origin.
 */
export function setCorsHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  origins: Origins,
): void {
  if (origins.all) {
    everyone(request, response, ignore);
    return;
  }
  const { origin } = request.headers;
  if (origin !== undefined && origins.allow(origin)) {
    reflect(request, response, ignore);
  } else {
    response.setHeader('Vary', 'Origin');
  }
}

function ignore(): void {
  // Nothing comes after: the headers are set.
}
