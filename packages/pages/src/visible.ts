/**
 * Controls, formats (those that turn the direction of writing or are invisible among them), line and
 * paragraph separators, and halves of a character.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text of unknown origin for people to read: what would turn the line around, hide in it or start another
 * stands as an escape, a byte that is not part of valid UTF-8 as `\xNN`.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code > 0xffff) return `\\u{${hex}}`;
    // How @clnrest/runes keeps such bytes.
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex.slice(2)}`;
    return `\\u${hex.padStart(4, '0')}`;
  });
}
