import { ESCAPED_CHARACTERS, escapeString } from '@clnrest/json';

/** A JSON string with raw UTF-8 and minimal escapes. lightningd also escapes DEL in its output. */
export function quote(text: string): string {
  return `"${escapeString(text).replaceAll('\u007f', '\\u007F')}"`;
}

/**
 * Resolves the escapes of a string token. Returns undefined for `\uXXXX`, which lightningd rejects "by
 * policy" in favor of raw UTF-8.
 */
export function unescapeText(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '\\') {
      i++;
      const letter = text[i] ?? '';
      if (!Object.hasOwn(ESCAPED_CHARACTERS, letter)) return undefined;
      result += ESCAPED_CHARACTERS[letter] ?? '';
    } else {
      result += character;
    }
  }
  return result;
}
