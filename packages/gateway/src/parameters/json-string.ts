/**
 * Strings as lightningd likes them: raw UTF-8, with `"`, `\` and control characters escaped and
 * nothing else. It compares the raw text of a parameter with a rune, without undoing escapes, and
 * commands may refuse `\uXXXX` (observed on v26.06.6: `should be a string (without \u)`), so each
 * string has exactly one spelling here.
 */

/** The second character of each short escape, by the code of the character that it stands for. */
const SHORT_ESCAPES: Readonly<Record<number, number>> = {
  0x22: 0x22,
  0x5c: 0x5c,
  0x08: 0x62,
  0x0c: 0x66,
  0x0a: 0x6e,
  0x0d: 0x72,
  0x09: 0x74,
};
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ZERO = 0x30;
const HEX = '0123456789ABCDEF';

// oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;

/** The JSON text of a string, quotes included. The string must be free of lone surrogates. */
export function quoteString(text: string): string {
  return `"${escapeString(text)}"`;
}

/** The JSON text of a string, without its quotes. DEL stays as it is: JSON allows it raw. */
export function escapeString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? escapeEach(text) : text;
}

/** Code units of the text in the making. Not more than can be arguments of one call. */
const UNITS = new Uint16Array(4_096);
/** What one character takes at most: `\u001F`. */
const LONGEST_ESCAPE = 6;

/**
 * Writes code units into a buffer and makes text of a whole buffer at once. Measured on 4 MiB of
 * quotes: 30 ms, where `replace` with a callback takes 400 ms and one concatenation a character more.
 */
function escapeEach(text: string): string {
  const pieces: string[] = [];
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    if (length > UNITS.length - LONGEST_ESCAPE) {
      pieces.push(textOf(length));
      length = 0;
    }
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code !== 0x22 && code !== BACKSLASH) {
      UNITS[length++] = code;
      continue;
    }
    UNITS[length++] = BACKSLASH;
    const short = SHORT_ESCAPES[code];
    if (short !== undefined) {
      UNITS[length++] = short;
      continue;
    }
    UNITS[length++] = LETTER_U;
    UNITS[length++] = ZERO;
    UNITS[length++] = ZERO;
    UNITS[length++] = HEX.charCodeAt(code >> 4);
    UNITS[length++] = HEX.charCodeAt(code & 0xf);
  }
  pieces.push(textOf(length));
  return pieces.join('');
}

function textOf(length: number): string {
  // Spread would iterate, which takes four times as long.
  return Reflect.apply(String.fromCharCode, undefined, UNITS.subarray(0, length));
}
