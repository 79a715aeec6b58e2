import { base64urlnopad } from '@scure/base';
import { RuneSyntaxError } from './errors.ts';

/**
 * Decodes the base64url of runes. Padding is optional on input and always written on output.
 *
 * Like lightningd, it rejects the standard alphabet and white space. It is stricter in one way: lightningd ignores
 * bits beyond the last byte, incomplete padding, and one to four `=` after a complete group.
 *
 * @throws {RuneSyntaxError}
 */
export function decodeBase64Url(text: string): Uint8Array {
  const padding = /={0,2}$/.exec(text)?.[0].length ?? 0;
  if (padding > 0 && text.length % 4 !== 0) throw malformed(text.length - padding);
  const digits = padding > 0 ? text.slice(0, -padding) : text;
  const stray = /[^A-Za-z0-9_-]/.exec(digits);
  if (stray !== null) throw malformed(stray.index);
  try {
    return base64urlnopad.decode(digits);
  } catch {
    throw malformed(Math.max(0, digits.length - 1));
  }
}

/** Encodes bytes as base64url with padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  const digits = base64urlnopad.encode(bytes);
  return digits + '='.repeat((4 - (digits.length % 4)) % 4);
}

function malformed(offset: number): RuneSyntaxError {
  return new RuneSyntaxError('bad_base64', `not base64url`, offset);
}
