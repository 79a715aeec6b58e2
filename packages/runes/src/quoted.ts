/**
 * Controls, formats (those that turn the direction of writing or are invisible among them), line and
 * paragraph separators, and halves of a character; then what would end a quotation, and `\` itself.
 */
const ESCAPED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}'\\]/gu;

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  "'": "\\'",
  '\\': '\\\\',
};

/**
 * Text of unknown origin between quotes, for people: it can neither end the quotation, nor start a line,
 * nor command the terminal. A byte that is not part of valid UTF-8 is shown as `\xNN`.
 */
export function quoted(text: string): string {
  return `'${text.replace(ESCAPED, escape)}'`;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  // How texts keep such bytes: see text.ts.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex.slice(2)}`;
  return SHORT[character] ?? `\\u${hex.padStart(4, '0')}`;
}
