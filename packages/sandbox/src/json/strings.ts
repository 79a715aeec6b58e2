/** Characters that lightningd escapes in what it writes. */
// eslint-disable-next-line no-control-regex
const NEEDS_ESCAPE = /["\\\u0000-\u001f\u007f]/;
// eslint-disable-next-line no-control-regex
const EACH_TO_ESCAPE = /["\\\u0000-\u001f\u007f]/g;

const SHORT_ESCAPES = new Map([
  ['\n', '\\n'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

const escapeOne = (character: string): string =>
  SHORT_ESCAPES.get(character) ??
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A string's text as it stands between quotes in JSON, escaped as lightningd escapes. */
const escapeText = (text: string): string =>
  NEEDS_ESCAPE.test(text) ? text.replace(EACH_TO_ESCAPE, escapeOne) : text;

/** A JSON string: raw UTF-8 with the fewest escapes, as lightningd writes it. */
export const quote = (text: string): string => `"${escapeText(text)}"`;

const SHORT_UNESCAPES = new Map([
  ['n', '\n'],
  ['b', '\b'],
  ['f', '\f'],
  ['t', '\t'],
  ['r', '\r'],
  ['/', '/'],
  ['\\', '\\'],
  ['"', '"'],
]);

/**
 * Resolves the escapes in a string token's text.
 *
 * lightningd takes no `\uXXXX` ("by policy"): it wants UTF-8 as it is. Then this gives undefined.
 */
export const unescapeText = (text: string): string | undefined => {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '\\') {
      i++;
      const meant = SHORT_UNESCAPES.get(text[i] ?? '');
      if (meant === undefined) return undefined;
      result += meant;
    } else {
      result += character;
    }
  }
  return result;
};
