import { ValueEnd } from './value-end.ts';

type State =
  | 'before object'
  | 'before first key'
  | 'before key'
  | 'in key'
  | 'before colon'
  | 'before value'
  | 'in value'
  | 'before first item'
  | 'before item'
  | 'in item'
  | 'after item'
  | 'after value'
  | 'behind';

/**
 * Takes the items out of one array of an object, `{"invoices":[…],…}`, while the text arrives, in pieces
 * cut anywhere. It holds one item at a time; other members are skipped.
 */
export class ArrayItems {
  readonly #name: string;
  readonly #value = new ValueEnd();
  #state: State = 'before object';
  #pieces: string[] = [];
  #found = false;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Takes the next piece; gives the texts of the items that it completes.
   *
   * @throws {SyntaxError} where this can't be such an object
   */
  push(text: string): string[] {
    const items: string[] = [];
    for (let at = 0; at < text.length;) {
      switch (this.#state) {
        case 'in key':
        case 'in value':
        case 'in item': {
          const end = this.#value.find(text, at);
          if (this.#state !== 'in value') {
            this.#pieces.push(text.slice(at, end < 0 ? undefined : end));
          }
          if (end < 0) return items;
          at = end;
          const item = this.#ended(this.#state);
          if (item !== undefined) items.push(item);
          break;
        }
        default: {
          const character = text[at] ?? '';
          if (/\s/.test(character) || this.#take(this.#state, character)) at++;
        }
      }
    }
    return items;
  }

  /** @throws {SyntaxError} where the object is not complete, or has no such array */
  end(): void {
    if (this.#state !== 'behind') throw new SyntaxError('the answer ends too early');
    if (!this.#found) throw new SyntaxError(`the answer has no ${JSON.stringify(this.#name)}`);
  }

  /** A key, a value or an item is complete. */
  #ended(state: 'in key' | 'in value' | 'in item'): string | undefined {
    switch (state) {
      case 'in key':
        this.#state = 'before colon';
        return undefined;
      case 'in value':
        this.#state = 'after value';
        return undefined;
      case 'in item': {
        this.#state = 'after item';
        const item = this.#pieces.join('');
        this.#pieces = [];
        return item;
      }
    }
  }

  /** Takes a character between keys and values; false where it belongs to what begins with it. */
  #take(state: Exclude<State, 'in key' | 'in value' | 'in item'>, character: string): boolean {
    switch (state) {
      case 'before object':
        return this.#expect(character, { '{': 'before first key' });
      case 'before first key':
        if (character === '}') return this.#become('behind');
        return this.#begin(character, 'in key');
      case 'before key':
        return this.#begin(character, 'in key');
      case 'before colon':
        return this.#expect(character, { ':': 'before value' });
      case 'before value':
        return this.#beginValue(character);
      case 'before first item':
        if (character === ']') return this.#become('after value');
        return this.#begin(character, 'in item');
      case 'before item':
        return this.#begin(character, 'in item');
      case 'after item':
        return this.#expect(character, { ',': 'before item', ']': 'after value' });
      case 'after value':
        return this.#expect(character, { ',': 'before key', '}': 'behind' });
      case 'behind':
        throw new SyntaxError('text behind the answer');
    }
  }

  #expect(character: string, next: Readonly<Record<string, State>>): boolean {
    const state = next[character];
    if (state === undefined) {
      throw new SyntaxError(`${JSON.stringify(character)} ${this.#state}, where it can't stand`);
    }
    return this.#become(state);
  }

  #become(state: State): boolean {
    this.#state = state;
    return true;
  }

  #begin(character: string, state: 'in key' | 'in value' | 'in item'): boolean {
    const fits = state === 'in key' ? character === '"' : /["{[0-9tfn-]/.test(character);
    if (!fits) return this.#expect(character, {});
    this.#value.reset();
    this.#state = state;
    return false;
  }

  #beginValue(character: string): boolean {
    const key: unknown = JSON.parse(this.#pieces.join(''));
    this.#pieces = [];
    if (key !== this.#name) return this.#begin(character, 'in value');
    const name = JSON.stringify(this.#name);
    if (this.#found) throw new SyntaxError(`the answer has ${name} twice`);
    if (character !== '[') throw new SyntaxError(`${name} is no array`);
    this.#found = true;
    return this.#become('before first item');
  }
}
