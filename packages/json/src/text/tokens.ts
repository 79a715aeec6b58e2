/** A JSON token. Strings include their quotes. White space is not a token. */
export interface Token {
  readonly kind: 'string' | 'scalar' | '{' | '}' | '[' | ']' | ',' | ':';
  readonly text: string;
}

const SPACE = /[\t\n\r ]*/y;
const SCALAR = /[^\t\n\r ,:{}[\]"]+/y;

/**
 * Yields the raw tokens of valid JSON, without parsing numbers or unescaping strings. Needs no recursion and linear time.
 *
 * @example
 * ```ts
 * import { tokens } from '@clnrest/json';
 * const texts = [...tokens('{"a": 1.50}')].map(({ text }) => text);
 * texts // => ['{', '"a"', ':', '1.50', '}']
 * ```
 */
export function* tokens(text: string): Generator<Token, void> {
  for (let at = endOf(SPACE, text, 0); at < text.length; at = endOf(SPACE, text, at)) {
    const token = tokenAt(text, at);
    yield token;
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token {
  const mark = text.charAt(at);
  switch (mark) {
    case '"':
      return { kind: 'string', text: text.slice(at, endOfString(text, at)) };
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
      return { kind: mark, text: mark };
    default:
      return { kind: 'scalar', text: text.slice(at, endOf(SCALAR, text, at)) };
  }
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Returns the index after the closing quote of the string that starts at `quote`, or the end of the text. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}
