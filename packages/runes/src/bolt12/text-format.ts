import { Bolt12Error } from './error.ts';

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BITS = 5;
const WHITE_SPACE = ' \t\n\v\f\r';

/**
 * Reads bech32 without a checksum (BOLT 12, "Encoding"). A `+`, optionally followed by white space, can separate parts.
 *
 * @param prefix - the expected part before the first `1`
 * @throws {Bolt12Error} with lightningd's message
 */
export function bytesOfText(text: string, prefix: string): Uint8Array {
  const joined = joinParts(text);
  const separator = joined.indexOf('1');
  const isMixed = /[A-Z]/.test(joined) && /[a-z]/.test(joined);
  if (separator < 0 || isMixed) throw new Bolt12Error('invalid bech32 string');
  const bytes = bytesOfLetters(asciiLowerCase(joined.slice(separator + 1)));
  const found = asciiLowerCase(joined.slice(0, separator));
  if (found !== prefix) throw new Bolt12Error(`unexpected prefix ${found}`);
  return bytes;
}

/** Writes bytes as bech32 without a checksum, in lower case. */
export function textOfBytes(bytes: Uint8Array, prefix: string): string {
  let letters = '';
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= BITS; bits -= BITS) {
      letters += CHARSET.charAt((pending >> (bits - BITS)) & 31);
    }
  }
  if (bits > 0) letters += CHARSET.charAt((pending << (BITS - bits)) & 31);
  return `${prefix}1${letters}`;
}

/** Removes each `+` between two characters, and the white space after it. */
function joinParts(text: string): string {
  if (!text.includes('+')) return text;
  const kept: string[] = [];
  let isAfterPlus = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (!isAfterPlus && letter === '+' && at !== 0 && at + 1 !== text.length) {
      isAfterPlus = true;
    } else if (!isAfterPlus || !WHITE_SPACE.includes(letter)) {
      isAfterPlus = false;
      kept.push(letter);
    }
  }
  if (isAfterPlus) throw new Bolt12Error('unfinished string');
  return kept.join('');
}

/** Other letters have no place in the charset: `toLowerCase` would turn the Kelvin sign into a k. */
function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The bits after the last byte must be zero, and fewer than a letter has. */
function bytesOfLetters(letters: string): Uint8Array {
  const bytes = new Uint8Array((letters.length * BITS) >> 3);
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (const letter of letters) {
    const value = CHARSET.indexOf(letter);
    if (value < 0) throw new Bolt12Error('invalid bech32 string');
    pending = ((pending << BITS) | value) & 0xfff;
    bits += BITS;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = pending >> bits;
    }
  }
  if (bits >= BITS || (pending & ((1 << bits) - 1)) !== 0) {
    throw new Bolt12Error('invalid bech32 string');
  }
  return bytes;
}
