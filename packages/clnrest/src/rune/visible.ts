// Control characters (C0, DEL, C1), what has no shape or turns the direction of writing (bidi
// marks and overrides among it), ends of lines and lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text of a rune, which anyone may have written, for a terminal: what would move the cursor, change
 * colours, turn the line around or forge another one stands as JSON's escape, `\u001b`.
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, escaped);
}

/** JSON with such characters escaped, where `JSON.stringify` leaves them; it means the same. */
export function visibleJson(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return lines.map(visible).join('\n');
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    const code = character.charCodeAt(i).toString(16).padStart(4, '0');
    return `\\u${code}`;
  }).join('');
}
