import { Refusal } from '../refusals.ts';

/**
 * Returns the rune of a request. A rune contains neither commas nor spaces; node:http joins repeated headers
 * with both. Throws a {@link Refusal} (`missing_rune`, `repeated_rune`).
 */
export function readRune(header: string | readonly string[] | undefined): string {
  if (header === undefined || header === '') throw Refusal.of('missing_rune');
  if (typeof header !== 'string' || /[, ]/.test(header)) throw Refusal.of('repeated_rune');
  return header;
}
