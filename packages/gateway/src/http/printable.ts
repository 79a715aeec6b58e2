const MAX_LENGTH = 300;

/**
 * A run of 32 characters of base64url or hex: a rune, a key, a preimage, an invoice; or any other 128
 * bits in hex, which is what a token has at least that nobody may guess. No command has so long a name.
 */
const SECRET = /[A-Za-z0-9_=+-]{32,}/g;

/**
 * A text that came from elsewhere, fit for the log: one line of ASCII, of bounded length, without
 * anything that looks like a secret.
 */
export function printable(text: string): string {
  return short(ascii(text).replaceAll(SECRET, '(hidden)'));
}

/** So many letters and digits of a rune, of which 43 are its secret, are of no use. */
const FEW = 15;
/** Names of commands have no capitals, and rarely a digit: `lsps-lsps2-getinfo`. */
const DIGITS_OF_A_NAME = 2;
/** No command has so long a name. */
const BEYOND_NAMES = /[a-z0-9_=+-]{41,}/g;

/**
 * The path of a request, fit for the log. A caller can put a rune there by mistake, and separators of
 * any kind can cut it into parts that do not look like one. So letters and digits count wherever they
 * are: a path is shown as a whole if it has few of them, or if they look like names. Otherwise the part
 * with the first capital or digit is hidden, and all that follows.
 *
 * Of a rune fewer than 24 letters and digits in a row are shown, except of one in ten million, whose
 * first 24 happen to look like names.
 */
export function printablePath(path: string): string {
  const [prefix = ''] = /^\/v1\//.exec(path) ?? [];
  const line = ascii(path).slice(prefix.length);
  const count = (what: RegExp): number => line.match(what)?.length ?? 0;
  const isNamed = count(/[A-Z]/g) === 0 && count(/[0-9]/g) <= DIGITS_OF_A_NAME;
  if (isNamed) return short(prefix + line.replaceAll(BEYOND_NAMES, '(hidden)'));
  if (count(/[A-Za-z0-9]/g) <= FEW) return short(prefix + line);
  const shown = line.slice(0, line.search(/[A-Z0-9]/));
  const names = shown.slice(0, shown.lastIndexOf('/') + 1);
  return short(`${prefix}${names.replaceAll(BEYOND_NAMES, '(hidden)')}(hidden)`);
}

function short(line: string): string {
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
}

function ascii(text: string): string {
  return text.slice(0, 4 * MAX_LENGTH).replaceAll(/[^\x20-\x7e]/g, '?');
}
