// Control characters (C0, DEL, C1), format characters such as bidi overrides, line and paragraph separators, and lone
// surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Escapes untrusted text for a terminal. Characters that would move the cursor, change colours, reverse the line or forge
 * another line become JSON escapes such as `\u001b`.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** Formats JSON for a terminal, escaping the characters that `JSON.stringify` does not. */
export function printableJson(value: unknown): string {
  const lines = JSON.stringify(value, null, 2).split('\n');
  return lines.map(printable).join('\n');
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    const code = character.charCodeAt(i).toString(16).padStart(4, '0');
    return `\\u${code}`;
  }).join('');
}
