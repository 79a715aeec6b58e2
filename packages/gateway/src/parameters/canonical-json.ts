import { Refusal } from '../refusals.ts';
import { escapeString } from '@clnrest/json';
import { MAX_DEPTH, MAX_NUMBER_LENGTH, MAX_PARAMETERS, MAX_VALUES } from './limits.ts';
import { ParameterNames } from './names.ts';

/**
 * Rewrites a JSON text of parameters into canonical JSON, in one pass from text to text. `checkrune` and
 * the command both receive this text, so neither can read it differently from the other:
 * - the text must be strict JSON (RFC 8259) of an object or an array;
 * - `null` parameters are removed from an object, as if they were omitted; in an array they keep their place;
 * - each string has one spelling (see json-string.ts);
 * - numbers keep all digits, because amounts in msat exceed 2^53;
 * - white space is removed;
 * - a repeated key is refused at every level, also if its escapes differ: `checkrune` uses the first value,
 *   a command can use the last;
 * - depth, number of values and length of numbers are limited.
 *
 * The text must be decoded from valid UTF-8: lone surrogates can then come only from escapes.
 * Throws a {@link Refusal} (`bad_json`, `not_parameters`, `ambiguous_parameters`,
 * `impossible_parameter`, `too_complex`).
 */
export function canonicalParameters(text: string): string {
  return new Rewriter(text).rewrite();
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/**
 * Copies text that is already canonical in large pieces: `#from` is the start of the piece that is read
 * but not yet written.
 */
class Rewriter {
  readonly #text: string;
  #out = '';
  #from = 0;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  rewrite(): string {
    this.#space();
    switch (this.#code()) {
      case OPEN_OBJECT:
        this.#parametersByName();
        break;
      case OPEN_ARRAY:
        this.#array(1, MAX_PARAMETERS);
        break;
      default:
        // Reads the rest first: text that is not JSON is refused with `bad_json` instead.
        this.#value(1);
        this.#end();
        throw Refusal.of('not_parameters');
    }
    this.#end();
    this.#write();
    return this.#out;
  }

  /** The current code unit; NaN at the end. */
  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #write(): void {
    if (this.#from < this.#at) this.#out += this.#text.slice(this.#from, this.#at);
    this.#from = this.#at;
  }

  /** Skips white space without copying it. */
  #space(): void {
    if (!isSpace(this.#code())) return;
    this.#write();
    const text = this.#text;
    let at = this.#at + 1;
    while (isSpace(text.charCodeAt(at))) at++;
    this.#at = at;
    this.#from = at;
  }

  #end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail('text after the end');
  }

  #parametersByName(): void {
    const names = new ParameterNames();
    let kept = 0;
    this.#at++;
    this.#space();
    this.#write();
    if (this.#code() === CLOSE_OBJECT) {
      this.#at++;
      return;
    }
    for (;;) {
      const before = this.#out;
      if (kept > 0) this.#out += ',';
      const name = this.#key();
      const isNull = this.#code() === 0x6e;
      this.#value(2);
      if (isNull) {
        this.#out = before;
        this.#from = this.#at;
      } else {
        kept++;
      }
      // A removed `null` counts too: with a repeated name, the intended value is unknown.
      names.add(name);
      this.#space();
      this.#write();
      const next = this.#code();
      if (next === CLOSE_OBJECT) break;
      if (next !== COMMA) this.#fail('"," or "}" expected');
      this.#at++;
      this.#from = this.#at;
      this.#space();
    }
    this.#at++;
  }

  #object(depth: number): void {
    if (depth > MAX_DEPTH) throw Refusal.of('too_complex');
    this.#at++;
    this.#space();
    if (this.#code() === CLOSE_OBJECT) {
      this.#at++;
      return;
    }
    const keys = new Set<string>();
    for (;;) {
      const key = this.#key();
      if (keys.has(key)) throw Refusal.of('ambiguous_parameters', { detail: 'a key is repeated' });
      keys.add(key);
      this.#value(depth + 1);
      this.#space();
      const next = this.#code();
      this.#at++;
      if (next === CLOSE_OBJECT) return;
      if (next !== COMMA) this.#fail('"," or "}" expected');
      this.#space();
    }
  }

  #array(depth: number, maxElements = MAX_VALUES): void {
    if (depth > MAX_DEPTH) throw Refusal.of('too_complex');
    let elements = 0;
    this.#at++;
    this.#space();
    if (this.#code() === CLOSE_ARRAY) {
      this.#at++;
      return;
    }
    for (;;) {
      if (++elements > maxElements) throw Refusal.of('too_complex');
      this.#value(depth + 1);
      this.#space();
      const next = this.#code();
      this.#at++;
      if (next === CLOSE_ARRAY) return;
      if (next !== COMMA) this.#fail('"," or "]" expected');
      this.#space();
    }
  }

  /** Reads a key, its colon and the white space after both. Returns the key's canonical text without quotes. */
  #key(): string {
    if (this.#code() !== QUOTE) this.#fail('a key in double quotes expected');
    const key = this.#string();
    this.#space();
    if (this.#code() !== COLON) this.#fail('":" expected');
    this.#at++;
    this.#space();
    return key;
  }

  #value(depth: number): void {
    if (++this.#values > MAX_VALUES) throw Refusal.of('too_complex');
    switch (this.#code()) {
      case OPEN_OBJECT:
        return this.#object(depth);
      case OPEN_ARRAY:
        return this.#array(depth);
      case QUOTE:
        this.#string();
        return undefined;
      case 0x74:
        return this.#word('true');
      case 0x66:
        return this.#word('false');
      case 0x6e:
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('a value expected');
    this.#at += word.length;
  }

  #number(): void {
    NUMBER.lastIndex = this.#at;
    if (!NUMBER.test(this.#text)) this.#fail('a value expected');
    const end = NUMBER.lastIndex;
    if (end - this.#at > MAX_NUMBER_LENGTH) throw Refusal.of('too_complex');
    this.#at = end;
  }

  /** Reads a string. Returns its canonical text without quotes. */
  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let isCanonical = true;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        if (!isCanonicalEscape(text.charCodeAt(at + 1))) isCanonical = false;
        // Skips the escaped character as well, unless the text ends before it.
        at = Math.min(at + 2, text.length);
        continue;
      }
      // NaN at the end of the text also fails this comparison.
      if (!(code >= 0x20)) {
        this.#at = at;
        this.#fail('unterminated string or control character');
      }
      at++;
    }
    this.#at = at + 1;
    if (isCanonical) return text.slice(start, at);
    const content = this.#canonicalString(start, at);
    this.#out += text.slice(this.#from, start) + content;
    // The next piece starts with the closing quote.
    this.#from = at;
    return content;
  }

  /** Returns the canonical text of a string's content, between its quotes. */
  #canonicalString(start: number, end: number): string {
    let value: unknown;
    try {
      value = JSON.parse(this.#text.slice(start - 1, end + 1));
    } catch {
      this.#at = start;
      this.#fail('invalid escape or control character in the string');
    }
    // A character beyond U+FFFF is a pair of escapes (RFC 8259, section 7); half a pair is invalid.
    if (typeof value !== 'string' || !value.isWellFormed()) {
      this.#at = start;
      this.#fail('lone surrogate in the string');
    }
    return escapeString(value);
  }

  #fail(problem: string): never {
    throw Refusal.of('bad_json', { detail: `${problem} at character ${this.#at + 1}` });
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Whether the canonical text uses the escape with this letter: the short ones only, without `\/`. */
function isCanonicalEscape(letter: number): boolean {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
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
