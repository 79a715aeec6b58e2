const MAX_LENGTH = 200;

/** Matches possible secrets that a server repeats: at least 128 bits in hex or base64. */
const SECRET = /[A-Za-z0-9_=+-]{32,}/g;

/** Shortens untrusted text, such as that of a certificate or a header, to one line. */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 4 * MAX_LENGTH)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

/**
 * Shortens text of a server to one line and hides possible secrets. The server has received a rune, and can repeat it
 * in another encoding.
 */
export function serverText(text: string): string {
  return oneLine(text.slice(0, 4 * MAX_LENGTH).replaceAll(SECRET, '(hidden)'));
}
