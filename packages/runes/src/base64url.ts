import { base64urlnopad } from '@scure/base';
import { RuneSyntaxError } from './errors.ts';

/**
 * Base64url as runes use it: padding may be missing on input and is always written on output.
 *
 * The standard alphabet and white space are refused, as lightningd does. We accept no third text:
 * lightningd ignores bits beyond the last byte, padding that is too short, and one to four `=` behind
 * a whole group.
 *
 * @throws {RuneSyntaxError}
 */
export function decodeBase64Url(text: string): Uint8Array {
  const padding = /={0,2}$/.exec(text)?.[0].length ?? 0;
  if (padding > 0 && text.length % 4 !== 0) throw bad(text.length - padding);
  const digits = padding > 0 ? text.slice(0, -padding) : text;
  const stray = /[^A-Za-z0-9_-]/.exec(digits);
  if (stray !== null) throw bad(stray.index);
  try {
    return base64urlnopad.decode(digits);
  } catch {
    throw bad(Math.max(0, digits.length - 1));
  }
}

/** Bytes → base64url with padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  const digits = base64urlnopad.encode(bytes);
  return digits + '='.repeat((4 - (digits.length % 4)) % 4);
}

function bad(offset: number): RuneSyntaxError {
  return new RuneSyntaxError('bad_base64', `not base64url`, offset);
}
