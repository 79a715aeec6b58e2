/** A piece of a JSON text. Strings have their quotes; white space between tokens is none. */
export interface Token {
  readonly kind: 'string' | 'scalar' | '{' | '}' | '[' | ']' | ',' | ':';
  readonly text: string;
}

const SPACE = /[\t\n\r ]*/y;
const SCALAR = /[^\t\n\r ,:{}[\]"]+/y;

/**
 * The tokens of a text that is known to be JSON, as they are written: no number is read, no string
 * unescaped. Takes no recursion, and time in proportion.
 */
export function* tokens(text: string): Generator<Token, void> {
  for (let at = behind(SPACE, text, 0); at < text.length; at = behind(SPACE, text, at)) {
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
      return { kind: 'scalar', text: text.slice(at, behind(SCALAR, text, at)) };
  }
}

function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** The index behind the closing quote of the string that begins at `quote`, or the text's end. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}
