/**
 * Control and format characters (including invisible ones and those that change the writing direction), line and
 * paragraph separators, unpaired surrogates, the quotation mark and `\`.
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
 * Quotes untrusted text for display: it can neither end the quotation, nor start a line, nor control the terminal. A
 * byte that is not part of valid UTF-8 is shown as `\xNN`.
 */
export function quoted(text: string): string {
  return `'${text.replace(ESCAPED, escape)}'`;
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  // text.ts represents invalid bytes as these surrogates.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex.slice(2)}`;
  return SHORT[character] ?? `\\u${hex.padStart(4, '0')}`;
}
