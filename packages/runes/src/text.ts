import { RuneSyntaxError } from './errors.ts';

/**
 * Converts the bytes of runes to strings and back. Text is UTF-8. A byte that is not part of valid UTF-8 becomes the
 * lone surrogate U+DC00 + byte (as in Python's PEP 383), so that every byte sequence has exactly one string.
 */

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// The common case: for seven-bit text, characters and bytes are the same.
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

/** Converts bytes to text without loss. */
export function textFromBytes(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return textFromInvalidUtf8(bytes);
  }
}

/**
 * Converts text to bytes; the inverse of parsing a rune. Other unpaired surrogates become U+FFFD.
 *
 * @example
 * ```ts
 * import { bytesFromText, Rune } from '@clnrest/runes';
 *
 * Array.from(bytesFromText('é')); // => [0xc3, 0xa9]
 * // "m=" and a byte that is not valid UTF-8.
 * const rune = Rune.fromBase64('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABtPf8=');
 * Array.from(bytesFromText(rune.restrictions[0].encode())); // => [0x6d, 0x3d, 0xff]
 * ```
 */
export function bytesFromText(text: string): Uint8Array {
  const ascii = shortAscii(text);
  if (ascii !== undefined) return ascii;
  if (text.isWellFormed()) return encoder.encode(text);
  // Up to three bytes for each code unit. The encoder takes longer for one character than this loop.
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) {
      bytes[length++] = code - 0xdc00;
    } else if (code < 0x80) {
      bytes[length++] = code;
    } else {
      length += encoder.encodeInto(String.fromCodePoint(code), bytes.subarray(length)).written;
      if (code > 0xffff) at++;
    }
  }
  return bytes.slice(0, length);
}

/** For longer texts, the system's encoder is faster. */
const MAX_SHORT = 64;

function shortAscii(text: string): Uint8Array | undefined {
  if (text.length > MAX_SHORT) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** Converts text to a string with one character per byte, so that comparing strings compares bytes. */
export function byteString(text: string): string {
  if (ASCII.test(text)) return text;
  return textOfUnits(bytesFromText(text));
}

/** How many characters are made in one call. One concatenation a byte takes 400 ms for 4 MiB. */
const PIECE = 4_096;

function textOfUnits(units: Uint8Array | Uint16Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < units.length; at += PIECE) {
    pieces.push(Reflect.apply(String.fromCharCode, undefined, units.subarray(at, at + PIECE)));
  }
  return pieces.join('');
}

/**
 * Rejects text that a rune cannot contain: a zero byte, which would end the text, and unpaired surrogates that
 * `textFromBytes` never returns.
 *
 * @throws {RuneSyntaxError} with the offset of the character, counted from `start`
 */
export function assertRuneText(text: string, start = 0): void {
  const nul = text.indexOf('\0');
  if (nul >= 0) throw new RuneSyntaxError('nul_byte', 'a zero byte in a restriction', start + nul);
  if (text.isWellFormed()) return;
  const back = textFromBytes(bytesFromText(text));
  if (back === text) return;
  let at = 0;
  while (back[at] === text[at]) at++;
  throw new RuneSyntaxError('bad_text', 'an unpaired surrogate', start + at);
}

/**
 * Returns whether the text was valid UTF-8.
 *
 * @example
 * ```ts
 * import { isValidUtf8, Rune } from '@clnrest/runes';
 *
 * isValidUtf8('é'); // => true
 * const rune = Rune.fromBase64('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABtPf8=');
 * isValidUtf8(rune.toString()); // => false
 * ```
 */
export function isValidUtf8(text: string): boolean {
  return text.isWellFormed();
}

function textFromInvalidUtf8(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sequenceLength(bytes, at);
    if (size === 0) {
      units[length++] = 0xdc00 + (bytes[at++] ?? 0);
      continue;
    }
    const code = codePoint(bytes, at, size);
    if (code > 0xffff) {
      units[length++] = 0xd800 + ((code - 0x10000) >> 10);
      units[length++] = 0xdc00 + (code & 0x3ff);
    } else {
      units[length++] = code;
    }
    at += size;
  }
  return textOfUnits(units.subarray(0, length));
}

/** The character of a well-formed UTF-8 sequence. */
function codePoint(bytes: Uint8Array, at: number, size: number): number {
  const first = bytes[at] ?? 0;
  if (size === 1) return first;
  let code = first & (0x7f >> size);
  for (let index = 1; index < size; index++) code = (code << 6) | ((bytes[at + index] ?? 0) & 0x3f);
  return code;
}

/** Returns the length of the well-formed UTF-8 sequence at `at`, or 0 (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf
      ? 2
      : first >> 4 === 0xe
        ? 3
        : first >= 0xf0 && first <= 0xf4
          ? 4
          : 0;
  if (length === 0) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    if ((bytes[at + i] ?? 0) >> 6 !== 0b10) return 0;
  }
  return length;
}
