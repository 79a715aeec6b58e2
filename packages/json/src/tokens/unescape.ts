import { ESCAPED_CHARACTERS } from '../quote.ts';

/**
 * Resolves the escapes of a string token. Returns undefined for `\uXXXX`, which lightningd rejects "by
 * policy" in favor of raw UTF-8.
 *
 * @example
 * ```ts
 * import { unescapeText } from '@clnrest/json/tokens';
 * unescapeText('one\\ntwo') // => 'one\ntwo'
 * unescapeText('\\u00e9') // => undefined
 * ```
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
