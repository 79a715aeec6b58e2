/**
 * Control and format characters (including invisible ones and those that change the writing direction), line and
 * paragraph separators, and unpaired surrogates.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes untrusted text for display: characters that are invisible, change the writing direction or start a line. A byte
 * that is not part of valid UTF-8 becomes `\xNN`.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code > 0xffff) return `\\u{${hex}}`;
    // @clnrest/runes represents invalid bytes as these surrogates.
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex.slice(2)}`;
    return `\\u${hex.padStart(4, '0')}`;
  });
}
