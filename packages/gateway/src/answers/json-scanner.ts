import { Refusal } from '../errors.ts';
import { isJsonNumber } from '../formats/json-number.ts';
import { ANSWER_DEPTH, ANSWER_NAME, ANSWER_NUMBER } from './limits.ts';

/** What a JSON text holds, told from its beginning to its end. */
export interface JsonEvents {
  beginObject(): void;
  endObject(): void;
  beginArray(): void;
  endArray(): void;
  /** The key of the value that is told next. */
  name(key: string): void;
  /** `true`, `false`, `null`, or a number as it is written. */
  literal(text: string): void;
  /** A string, escapes resolved; a long one comes in several pieces, none of which cuts a character. */
  string(piece: string, isLast: boolean): void;
}

/** Strings up to this length come in one piece: whoever writes them may look at all of it. */
export const WHOLE_STRING = 65_536;

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'nothing';
type Token = 'none' | 'literal' | 'name' | 'string';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const FOUR_HEX_DIGITS = /^[0-9a-fA-F]{4}$/;
const LITERAL = /[^\s[\]{}:,"]*/y;

/**
 * Reads a JSON text of any length as it arrives, and keeps no more of it than a token and the way down to
 * it. Numbers are not read as such: they stay text.
 *
 * Throws a {@link Refusal}: `node_broke_off` for what is no JSON, `unwritable` for what is too deep or too
 * long.
 */
export class JsonScanner {
  readonly #events: JsonEvents;
  readonly #open: ('object' | 'array')[] = [];
  #expected: Expected = 'value';
  #token: Token = 'none';
  /** What the token at hand holds so far. */
  #content = '';
  /** An escape that is not there whole. */
  #rest = '';

  constructor(events: JsonEvents) {
    this.#events = events;
  }

  /** Takes the next piece. Time grows with the square of its length where it is full of escapes. */
  push(piece: string): void {
    const text = this.#rest + piece;
    this.#rest = '';
    let at = 0;
    while (at < text.length) {
      if (this.#token === 'none') at = this.#structure(text, at);
      else if (this.#token === 'literal') at = this.#literal(text, at);
      else at = this.#stringPiece(text, at);
    }
  }

  /** Whether the value has ended, as far as that can be told before the text has. */
  get isComplete(): boolean {
    return this.#expected === 'nothing';
  }

  /** Takes it that nothing more comes. */
  end(): void {
    if (this.#token === 'literal') this.#endLiteral();
    if (this.#expected !== 'nothing') throw noJson();
  }

  /** What stands between tokens, and where one begins. Gives where to go on. */
  #structure(text: string, at: number): number {
    const character = text[at] ?? '';
    switch (character) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        break;
      case '{':
      case '[':
        this.#begin(character);
        break;
      case '}':
      case ']':
        this.#end(character);
        break;
      case ':':
        if (this.#expected !== ':') throw noJson();
        this.#expected = 'value';
        break;
      case ',':
        if (this.#expected !== ', or end') throw noJson();
        this.#expected = this.#open.at(-1) === 'object' ? 'name' : 'value';
        break;
      case '"': {
        const isName = this.#expected === 'name' || this.#expected === 'name or }';
        if (!isName) this.#expectValue();
        this.#token = isName ? 'name' : 'string';
        break;
      }
      default:
        this.#expectValue();
        this.#token = 'literal';
        return at;
    }
    return at + 1;
  }

  #expectValue(): void {
    if (this.#expected !== 'value' && this.#expected !== 'value or ]') throw noJson();
  }

  #begin(bracket: '{' | '['): void {
    this.#expectValue();
    if (this.#open.length >= ANSWER_DEPTH) throw unwritable('it is nested too deep');
    if (bracket === '{') {
      this.#open.push('object');
      this.#expected = 'name or }';
      this.#events.beginObject();
    } else {
      this.#open.push('array');
      this.#expected = 'value or ]';
      this.#events.beginArray();
    }
  }

  #end(bracket: '}' | ']'): void {
    const isObject = bracket === '}';
    const isEmpty = this.#expected === (isObject ? 'name or }' : 'value or ]');
    const isOpen = this.#open.at(-1) === (isObject ? 'object' : 'array');
    if (!isOpen || !(isEmpty || this.#expected === ', or end')) throw noJson();
    this.#open.pop();
    if (isObject) this.#events.endObject();
    else this.#events.endArray();
    this.#valueEnded();
  }

  #valueEnded(): void {
    this.#expected = this.#open.length === 0 ? 'nothing' : ', or end';
  }

  #literal(text: string, at: number): number {
    LITERAL.lastIndex = at;
    LITERAL.test(text);
    const end = LITERAL.lastIndex;
    this.#content += text.slice(at, end);
    if (this.#content.length > ANSWER_NUMBER) throw unwritable('it has too long a number');
    if (end < text.length) this.#endLiteral();
    return end;
  }

  #endLiteral(): void {
    const text = this.#takeContent();
    const isWord = text === 'true' || text === 'false' || text === 'null';
    if (!isWord && !isJsonNumber(text)) throw noJson();
    this.#events.literal(text);
    this.#valueEnded();
  }

  #takeContent(): string {
    const content = this.#content;
    this.#content = '';
    this.#token = 'none';
    return content;
  }

  /** A piece of a string, up to its end or to behind the next escape. */
  #stringPiece(text: string, at: number): number {
    const quote = text.indexOf('"', at);
    const end = quote === -1 ? text.length : quote;
    const backslash = text.slice(at, end).indexOf('\\');
    if (backslash === -1) {
      this.#add(text.slice(at, end));
      if (quote === -1) return end;
      this.#endString();
      return quote + 1;
    }
    this.#add(text.slice(at, at + backslash));
    return this.#escape(text, at + backslash);
  }

  #escape(text: string, at: number): number {
    const letter = text[at + 1];
    const end = at + (letter === 'u' ? 6 : 2);
    if (end > text.length) {
      this.#rest = text.slice(at);
      return text.length;
    }
    if (letter === 'u') {
      const hex = text.slice(at + 2, end);
      if (!FOUR_HEX_DIGITS.test(hex)) throw noJson();
      this.#add(String.fromCharCode(Number.parseInt(hex, 16)));
    } else {
      const character = ESCAPES[letter ?? ''];
      if (character === undefined) throw noJson();
      this.#add(character);
    }
    return end;
  }

  #add(content: string): void {
    this.#content += content;
    if (this.#content.length <= (this.#token === 'name' ? ANSWER_NAME : WHOLE_STRING)) return;
    if (this.#token === 'name') throw unwritable('it has too long a key');
    // The first half of a character waits for the other one.
    const last = this.#content.charCodeAt(this.#content.length - 1);
    const isCut = last >= 0xd800 && last <= 0xdbff;
    const piece = isCut ? this.#content.slice(0, -1) : this.#content;
    this.#content = isCut ? this.#content.slice(-1) : '';
    this.#events.string(piece, false);
  }

  #endString(): void {
    const isName = this.#token === 'name';
    const content = this.#takeContent();
    if (isName) {
      this.#expected = ':';
      this.#events.name(content);
    } else {
      this.#events.string(content, true);
      this.#valueEnded();
    }
  }
}

function noJson(): Refusal {
  return Refusal.of('node_broke_off', { detail: 'its answer is no JSON' });
}

/** What is said of a result that is too much for anything but JSON. */
export function unwritable(detail: string): Refusal {
  return Refusal.of('unwritable', { detail });
}
