import type { IncomingHttpHeaders } from 'node:http';
import { readPreferences } from './quality.ts';

/**
 * Whether a client wants an error as a page: it prefers HTML to JSON, as browsers do, and sends no rune, which a page that a
 * browser opens cannot. Clients of the API get JSON, also those whose library adds `text/html` to `Accept`.
 */
export function wantsHtml(
  headers: Pick<IncomingHttpHeaders, 'accept'> & { rune?: unknown },
): boolean {
  const { accept, rune } = headers;
  if (accept === undefined || rune !== undefined || !/text\/html/i.test(accept)) return false;
  const ranges = readPreferences(accept);
  return (ranges.get('text/html') ?? 0) > (ranges.get('application/json') ?? 0);
}
