import { ESCAPED_CHARACTERS } from '@clnrest/json';
import { Refusal } from '../refusals.ts';
import { isJsonNumber } from '../formats/json-number.ts';
import { MAX_RESULT_DEPTH, MAX_RESULT_KEY_LENGTH, MAX_RESULT_NUMBER_LENGTH } from './limits.ts';

/** Receives the parts of a JSON text in order. */
export interface JsonEvents {
  beginObject(): void;
  endObject(): void;
  beginArray(): void;
  endArray(): void;
  /** The key of the next value. */
  name(key: string): void;
  /** `true`, `false`, `null`, or the text of a number. */
  literal(text: string): void;
  /** A decoded string. A long string arrives in several pieces, which never split a character. */
  string(piece: string, isLast: boolean): void;
}

/** Maximum length of a string that arrives in one piece, so that a writer can inspect the whole string. */
export const MAX_PIECE_LENGTH = 65_536;

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'nothing';
type Token = 'none' | 'literal' | 'name' | 'string';

const FOUR_HEX_DIGITS = /^[0-9a-fA-F]{4}$/;
const LITERAL = /[^\s[\]{}:,"]*/y;

/**
 * Reads a JSON text of any length while it arrives. Holds only the current token and the types of the objects
 * and arrays around it. Numbers stay text.
 *
 * Throws a {@link Refusal}: `node_broke_off` if the text is not JSON, `unwritable` if it exceeds a limit.
 */
export class JsonScanner {
  readonly #events: JsonEvents;
  readonly #open: ('object' | 'array')[] = [];
  #expected: Expected = 'value';
  #token: Token = 'none';
  /** The current token's content so far. */
  #content = '';
  /** An incomplete escape at the end of the last piece. */
  #rest = '';

  constructor(events: JsonEvents) {
    this.#events = events;
  }

  /** Reads the next piece. Takes quadratic time in the piece's length if it is full of escapes. */
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

  /** Whether the value has ended. A number at the top level ends only with the text. */
  get isComplete(): boolean {
    return this.#expected === 'nothing';
  }

  /** Ends the text. */
  end(): void {
    if (this.#token === 'literal') this.#endLiteral();
    if (this.#expected !== 'nothing') throw malformed();
  }

  /** Reads a character between tokens, or the start of a token. Returns the next index. */
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
        if (this.#expected !== ':') throw malformed();
        this.#expected = 'value';
        break;
      case ',':
        if (this.#expected !== ', or end') throw malformed();
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
    if (this.#expected !== 'value' && this.#expected !== 'value or ]') throw malformed();
  }

  #begin(bracket: '{' | '['): void {
    this.#expectValue();
    if (this.#open.length >= MAX_RESULT_DEPTH) throw unwritable('it is nested too deeply');
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
    if (!isOpen || !(isEmpty || this.#expected === ', or end')) throw malformed();
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
    if (this.#content.length > MAX_RESULT_NUMBER_LENGTH) throw unwritable('a number is too long');
    if (end < text.length) this.#endLiteral();
    return end;
  }

  #endLiteral(): void {
    const text = this.#takeContent();
    const isWord = text === 'true' || text === 'false' || text === 'null';
    if (!isWord && !isJsonNumber(text)) throw malformed();
    this.#events.literal(text);
    this.#valueEnded();
  }

  #takeContent(): string {
    const content = this.#content;
    this.#content = '';
    this.#token = 'none';
    return content;
  }

  /** Reads a string up to its end or the end of the next escape. Returns the next index. */
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
      if (!FOUR_HEX_DIGITS.test(hex)) throw malformed();
      this.#add(String.fromCharCode(Number.parseInt(hex, 16)));
    } else {
      const character = ESCAPED_CHARACTERS[letter ?? ''];
      if (character === undefined) throw malformed();
      this.#add(character);
    }
    return end;
  }

  #add(content: string): void {
    this.#content += content;
    if (this.#content.length <= (this.#token === 'name' ? MAX_RESULT_KEY_LENGTH : MAX_PIECE_LENGTH))
      return;
    if (this.#token === 'name') throw unwritable('a key is too long');
    // Keeps a high surrogate until the low one arrives.
    const last = this.#content.charCodeAt(this.#content.length - 1);
    const isSplit = last >= 0xd800 && last <= 0xdbff;
    const piece = isSplit ? this.#content.slice(0, -1) : this.#content;
    this.#content = isSplit ? this.#content.slice(-1) : '';
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

function malformed(): Refusal {
  return Refusal.of('node_broke_off', { detail: 'its response is not JSON' });
}

/** The refusal of a result that exceeds a limit of the requested format. */
export function unwritable(detail: string): Refusal {
  return Refusal.of('unwritable', { detail });
}
