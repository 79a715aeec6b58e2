const MAX_LENGTH = 300;

/**
 * A run of 32 characters of base64url or hex: a rune, a key, a preimage, an invoice, or a token of at least
 * 128 bits in hex. No command has a name of this length.
 */
const SECRET = /[A-Za-z0-9_=+-]{32,}/g;

/**
 * Makes a text from outside safe for the log: one line of ASCII, of bounded length, without anything that
 * looks like a secret.
 */
export function printable(text: string): string {
  return short(ascii(text).replaceAll(SECRET, '(hidden)'));
}

/** A part of a rune with this many letters and digits is harmless: 43 hold its authentication code. */
const MAX_HARMLESS = 15;
/** Command names have no capitals and few digits: `lsps-lsps2-getinfo`. */
const MAX_NAME_DIGITS = 2;
/** Longer than any command name. */
const TOO_LONG_FOR_NAME = /[a-z0-9_=+-]{41,}/g;

/**
 * Makes the path of a request safe for the log. A client can put a rune into a path by mistake, and
 * separators can split that rune into parts that do not look like one. So all letters and digits of the
 * path count: a path is shown whole if it has few of them, or if they look like names. Otherwise the part
 * with the first capital or digit is hidden, and everything after it.
 *
 * Fewer than 24 consecutive letters and digits of a rune are shown. One rune in ten million is an
 * exception: its first 24 happen to look like names.
 */
export function printablePath(path: string): string {
  const [prefix = ''] = /^\/v1\//.exec(path) ?? [];
  const line = ascii(path).slice(prefix.length);
  const count = (what: RegExp): number => line.match(what)?.length ?? 0;
  const isNamed = count(/[A-Z]/g) === 0 && count(/[0-9]/g) <= MAX_NAME_DIGITS;
  if (isNamed) return short(prefix + line.replaceAll(TOO_LONG_FOR_NAME, '(hidden)'));
  if (count(/[A-Za-z0-9]/g) <= MAX_HARMLESS) return short(prefix + line);
  const shown = line.slice(0, line.search(/[A-Z0-9]/));
  const names = shown.slice(0, shown.lastIndexOf('/') + 1);
  return short(`${prefix}${names.replaceAll(TOO_LONG_FOR_NAME, '(hidden)')}(hidden)`);
}

function short(line: string): string {
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
}

function ascii(text: string): string {
  return cut(text, 4 * MAX_LENGTH).replaceAll(/[^\x20-\x7e]/g, '?');
}

/**
 * Cuts a text to a length. The rest of a word that the cut divides is hidden: it can be a part of a secret, too short to look
 * like one.
 */
export function cut(text: string, length: number): string {
  return text.length > length
    ? text.slice(0, length).replace(/[A-Za-z0-9_=+-]+$/, '(hidden)')
    : text;
}
