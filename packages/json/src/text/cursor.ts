const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ZERO = 0x30;
const NINE = 0x39;

/** A regular expression is slow to start, and three times as fast as a loop from then on. */
// oxlint-disable-next-line no-control-regex -- control characters end it
const PLAIN = /[^"\\\u0000-\u001f]*/y;
/** After so many plain characters, more are likely. */
const LONG_RUN = 32;

/**
 * Walks over JSON text (RFC 8259) without building values, for those who compare raw texts. It does not recurse,
 * so that deep nesting needs no stack.
 *
 * @example
 * ```ts
 * import { JsonCursor } from '@clnrest/json';
 * const text = '{"a": [1, 2], "b": 9007199254740993}';
 * const members: string[] = [];
 * new JsonCursor(text, 10).members((name, start, end) => members.push(`${name}=${text.slice(start, end)}`));
 * members // => ['a=[1, 2]', 'b=9007199254740993']
 * ```
 */
export class JsonCursor {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #malformed: (why: string, at: number) => Error;
  /** The index of the next character. */
  at = 0;

  /**
   * @param maxDepth - the deepest nesting
   * @param malformed - makes the error for malformed text, by default a SyntaxError
   */
  constructor(text: string, maxDepth: number, malformed = syntaxError) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#malformed = malformed;
  }

  peek(): string | undefined {
    return this.#text[this.at];
  }

  skipSpace(): void {
    const text = this.#text;
    let at = this.at;
    while (isSpace(text.charCodeAt(at))) at++;
    this.at = at;
  }

  /** At `{` or `[`: visits each member with its raw name (objects only) and the range of its value. */
  members(visit: (name: string | undefined, start: number, end: number) => void): void {
    const object = this.#text[this.at] === '{';
    const closing = object ? '}' : ']';
    this.at++;
    this.skipSpace();
    if (this.#take(closing)) return;
    for (;;) {
      let name: string | undefined;
      if (object) {
        const start = this.at;
        this.#string();
        name = this.#text.slice(start + 1, this.at - 1);
        this.skipSpace();
        this.#expect(':');
        this.skipSpace();
      }
      const start = this.at;
      this.skipValue();
      visit(name, start, this.at);
      this.skipSpace();
      if (this.#take(closing)) return;
      this.#expect(',');
      this.skipSpace();
    }
  }

  /** Skips one value of any kind. */
  skipValue(): void {
    const open: string[] = [];
    for (;;) {
      // A value starts here. Below, the cursor is after the value.
      const character = this.peek();
      if (character === '{' || character === '[') {
        if (open.length >= this.#maxDepth) throw this.#error('nested too deep');
        this.at++;
        this.skipSpace();
        const closing = character === '{' ? '}' : ']';
        if (!this.#take(closing)) {
          open.push(closing);
          if (closing === '}') this.#name();
          continue;
        }
      } else if (character === '"') {
        this.#string();
      } else if (!this.#number() && !this.#literal()) {
        throw this.#error('a JSON value is missing');
      }
      for (;;) {
        const closing = open.at(-1);
        if (closing === undefined) return;
        this.skipSpace();
        if (!this.#take(closing)) {
          this.#expect(',');
          this.skipSpace();
          if (closing === '}') this.#name();
          break;
        }
        open.pop();
      }
    }
  }

  #name(): void {
    this.#string();
    this.skipSpace();
    this.#expect(':');
    this.skipSpace();
  }

  // The loops below keep their place in a variable: a private field takes five times as long.

  #string(): void {
    this.#expect('"');
    const text = this.#text;
    let at = this.at;
    let run = 0;
    for (;;) {
      if (++run === LONG_RUN) {
        PLAIN.lastIndex = at;
        PLAIN.test(text);
        at = PLAIN.lastIndex;
      }
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        at = this.#escape(at + 1);
        run = 0;
        continue;
      }
      // Also false at the end, where it is NaN.
      if (!(code >= 0x20)) {
        this.at = at;
        throw this.#error(
          Number.isNaN(code) ? 'an unterminated string' : 'a control character in a string',
        );
      }
      at++;
    }
    this.at = at + 1;
  }

  /** Returns the index after an escape whose letter is at `from`. */
  #escape(from: number): number {
    const code = this.#text.charCodeAt(from);
    const at = from + 1;
    if (code === LETTER_U) {
      for (let digit = at; digit < at + 4; digit++) {
        if (isHex(this.#text.charCodeAt(digit))) continue;
        this.at = at;
        throw this.#error('\\u needs four hex digits');
      }
      return at + 4;
    }
    if (!isEscapeLetter(code)) {
      this.at = at;
      throw this.#error('an invalid escape');
    }
    return at;
  }

  /** Skips a number. Returns false if it finds no number. */
  #number(): boolean {
    const text = this.#text;
    let at = this.at;
    if (text[at] === '-') at++;
    const whole = at;
    at = text[at] === '0' ? at + 1 : endOfDigits(text, at);
    if (at === whole) return false;
    if (text[at] === '.') {
      const end = endOfDigits(text, at + 1);
      if (end > at + 1) at = end;
    }
    if (text[at] === 'e' || text[at] === 'E') {
      const sign = text[at + 1];
      const digits = sign === '+' || sign === '-' ? at + 2 : at + 1;
      const end = endOfDigits(text, digits);
      if (end > digits) at = end;
    }
    this.at = at;
    return true;
  }

  #literal(): boolean {
    const literal = LITERALS.find((each) => this.#text.startsWith(each, this.at));
    this.at += literal?.length ?? 0;
    return literal !== undefined;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#error(`'${character}' is missing`);
  }

  #take(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  #error(why: string): Error {
    return this.#malformed(why, this.at);
  }
}

function syntaxError(why: string, at: number): Error {
  return new SyntaxError(`${why}, at index ${at}`);
}

const LITERALS = ['true', 'false', 'null'] as const;

function endOfDigits(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE;) code = text.charCodeAt(++at);
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isHex(code: number): boolean {
  const letter = code | 0x20;
  return (code >= ZERO && code <= NINE) || (letter >= 0x61 && letter <= 0x66);
}

/** One of `"\/bfnrt`. */
function isEscapeLetter(code: number): boolean {
  switch (code) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}
