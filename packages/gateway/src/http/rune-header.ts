import { Refusal } from '../errors.ts';

/**
 * The rune that a caller sent. A rune has neither commas nor spaces in it; node:http joins repeated
 * headers with both. Throws a {@link Refusal} (`missing_rune`, `repeated_rune`).
 */
export function readRune(header: string | readonly string[] | undefined): string {
  if (header === undefined || header === '') throw Refusal.of('missing_rune');
  if (typeof header !== 'string' || /[, ]/.test(header)) throw Refusal.of('repeated_rune');
  return header;
}
