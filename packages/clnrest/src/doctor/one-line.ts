const MAX_LENGTH = 200;

/** What may be a secret that a server repeats: a run of 128 bits or more, in hex or base64. */
const SECRET = /[A-Za-z0-9_=+-]{32,}/g;

/** What stands in a certificate or a header, which may be anybody's: shortened, on one line. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 4 * MAX_LENGTH)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

/**
 * Words of a server that was shown a rune: on one line, without what looks like a secret, as it may send back
 * what it got in another spelling.
 */
export function serverWords(text: string): string {
  return oneLine(text.slice(0, 4 * MAX_LENGTH).replaceAll(SECRET, '(hidden)'));
}
