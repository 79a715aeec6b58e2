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
  const line = text
    .slice(0, 4 * MAX_LENGTH)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .replaceAll(SECRET, '(hidden)');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line;
}
