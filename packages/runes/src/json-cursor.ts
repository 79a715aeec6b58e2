import { RuneSyntaxError } from './errors.ts';

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;

/**
 * Walks over JSON text (RFC 8259) without building values: what matters here are the texts.
 * It does not recurse, so depth costs no stack.
 */
export class JsonCursor {
  readonly #text: string;
  readonly #deepest: number;
  at = 0;

  constructor(text: string, deepest: number) {
    this.#text = text;
    this.#deepest = deepest;
  }

  peek(): string | undefined {
    return this.#text[this.at];
  }

  skipSpace(): void {
    this.#match(SPACE);
  }

  /** At `{` or `[`: visits each member with its raw name (objects) and the span of its value. */
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

  /** Passes over one value of any kind. */
  skipValue(): void {
    const open: string[] = [];
    for (;;) {
      // A value starts here; afterwards we are behind it, at whatever closes or continues.
      const character = this.peek();
      if (character === '{' || character === '[') {
        if (open.length >= this.#deepest) throw this.#bad('nested too deep');
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
      } else if (!this.#match(NUMBER) && !this.#match(LITERAL)) {
        throw this.#bad('a JSON value is missing');
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

  #string(): void {
    this.#expect('"');
    for (;;) {
      const code = this.#text.charCodeAt(this.at);
      if (code === 0x22) {
        this.at++;
        return;
      }
      if (Number.isNaN(code)) throw this.#bad('a string does not end');
      if (code < 0x20) throw this.#bad('a control character in a string');
      this.at++;
      if (code === 0x5c) this.#escape();
    }
  }

  #escape(): void {
    const character = this.peek();
    this.at++;
    if (character === 'u') {
      if (!this.#match(HEX4)) throw this.#bad('\\u needs four hex digits');
    } else if (character === undefined || !'"\\/bfnrt'.includes(character)) {
      throw this.#bad('not an escape');
    }
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#bad(`'${character}' is missing`);
  }

  #take(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  #bad(why: string): RuneSyntaxError {
    return new RuneSyntaxError('bad_parameters', `${why}`, this.at);
  }
}
