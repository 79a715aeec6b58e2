/**
 * Strings as lightningd likes them: raw UTF-8, with `"`, `\` and control characters escaped and
 * nothing else. It compares the raw text of a parameter with a rune, without undoing escapes, and
 * commands may refuse `\uXXXX` (observed on v26.06.6: `should be a string (without \u)`), so each
 * string has exactly one spelling here.
 */

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

// oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;
// oxlint-disable-next-line no-control-regex -- as above
const EACH_ESCAPED = /["\\\u0000-\u001f]/g;

/** The one spelling of a character inside a string. DEL stays as it is: JSON allows it raw. */
export function escapeCharacter(character: string): string {
  return (
    SHORT_ESCAPES[character] ??
    (character < ' '
      ? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
      : character)
  );
}

/** The JSON text of a string, quotes included. The string must be free of lone surrogates. */
export function quoteString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(EACH_ESCAPED, escapeCharacter)}"` : `"${text}"`;
}
