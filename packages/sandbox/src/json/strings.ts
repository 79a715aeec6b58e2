/** The characters that lightningd escapes in its output. */
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

function escapeOne(character: string): string {
  return (
    SHORT_ESCAPES.get(character) ??
    `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  );
}

/** The text between the quotes of a JSON string, with the escapes of lightningd. */
function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(EACH_TO_ESCAPE, escapeOne) : text;
}

/** A JSON string with raw UTF-8 and minimal escapes, like lightningd. */
export function quote(text: string): string {
  return `"${escapeText(text)}"`;
}

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
      const unescaped = SHORT_UNESCAPES.get(text[i] ?? '');
      if (unescaped === undefined) return undefined;
      result += unescaped;
    } else {
      result += character;
    }
  }
  return result;
}
