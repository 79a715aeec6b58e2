import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../refusals.ts';

/** The parts of a request in which a rune can be by mistake. */
interface RequestParts {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}

/** Returns the rune of a request. Throws a {@link Refusal} (`missing_rune`, `repeated_rune`). */
export function readRuneHeader(request: RequestParts): string {
  const rune = request.headers['rune'];
  if (rune === undefined || rune === '') throw missingRune(request);
  return readRune(rune);
}

/**
 * Returns the rune in a header or another member. A rune contains neither commas nor spaces; node:http joins repeated headers
 * with both. Throws a {@link Refusal} (`missing_rune`, `repeated_rune`).
 */
export function readRune(header: string | readonly string[] | undefined): string {
  if (header === undefined || header === '') throw Refusal.of('missing_rune');
  if (typeof header !== 'string' || /[, ]/.test(header)) throw Refusal.of('repeated_rune');
  return header;
}

/** The refusal of a request without a rune. If the rune is in another place, names the place, and shows nothing of the rune. */
export function missingRune({ headers, url = '' }: RequestParts): Refusal {
  const place = misplacedHeader(headers);
  if (place !== undefined) {
    return Refusal.of('missing_rune', {
      detail: `send it in the header Rune instead of ${place}`,
    });
  }
  return Refusal.of('missing_rune', hasRuneInQuery(url) ? { detail: RUNE_IN_URL } : {});
}

/** The detail for a rune in a URL. */
export const RUNE_IN_URL =
  'send the rune in the header Rune instead of the URL, which servers and browsers record: create another rune';

/** Whether the query of a URL has a parameter that programs use for a token. */
export function hasRuneInQuery(url: string): boolean {
  return /[?&](?:rune|macaroon|token|access_token)=/i.test(url);
}

/** Returns the header in which clients of other servers send their token. */
function misplacedHeader(headers: IncomingHttpHeaders): string | undefined {
  if (headers.authorization !== undefined) return 'Authorization';
  if (headers['macaroon'] !== undefined) return 'macaroon';
  return headers['grpc-metadata-macaroon'] === undefined ? undefined : 'Grpc-Metadata-macaroon';
}
