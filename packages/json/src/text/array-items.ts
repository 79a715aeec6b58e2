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
  | 'after object';

/**
 * Extracts the items of one array in an object, `{"invoices":[…],…}`, from text that arrives in chunks. It buffers
 * one item at a time and skips other members.
 *
 * @example
 * ```ts
 * import { ArrayItems } from '@clnrest/json';
 * const items = new ArrayItems('invoices');
 * items.push('{"invoices":[{"pay_index":1},{"pay_') // => ['{"pay_index":1}']
 * items.push('index":2}]}') // => ['{"pay_index":2}']
 * items.end();
 * ```
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
   * Reads the next chunk and returns the texts of the items that it completes.
   *
   * @throws {SyntaxError} if the text is not an object, or the member is not an array
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
          const item = this.#finish(this.#state);
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

  /** @throws {SyntaxError} if the object is incomplete or lacks the array */
  end(): void {
    if (this.#state !== 'after object') throw new SyntaxError('the text ends too early');
    if (!this.#found) throw new SyntaxError(`the object has no ${JSON.stringify(this.#name)}`);
  }

  /** Leaves the state after a complete key, value or item; returns the text of an item. */
  #finish(state: 'in key' | 'in value' | 'in item'): string | undefined {
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

  /** Consumes a character between keys and values. Returns false if the character starts a key or value. */
  #take(state: Exclude<State, 'in key' | 'in value' | 'in item'>, character: string): boolean {
    switch (state) {
      case 'before object':
        return this.#expect(character, { '{': 'before first key' });
      case 'before first key':
        if (character === '}') return this.#enter('after object');
        return this.#begin(character, 'in key');
      case 'before key':
        return this.#begin(character, 'in key');
      case 'before colon':
        return this.#expect(character, { ':': 'before value' });
      case 'before value':
        return this.#beginValue(character);
      case 'before first item':
        if (character === ']') return this.#enter('after value');
        return this.#begin(character, 'in item');
      case 'before item':
        return this.#begin(character, 'in item');
      case 'after item':
        return this.#expect(character, { ',': 'before item', ']': 'after value' });
      case 'after value':
        return this.#expect(character, { ',': 'before key', '}': 'after object' });
      case 'after object':
        throw new SyntaxError('text after the object');
    }
  }

  #expect(character: string, next: Readonly<Record<string, State>>): boolean {
    const state = next[character];
    if (state === undefined) {
      throw new SyntaxError(`unexpected ${JSON.stringify(character)} ${this.#state}`);
    }
    return this.#enter(state);
  }

  #enter(state: State): boolean {
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
    if (this.#found) throw new SyntaxError(`the object has ${name} twice`);
    if (character !== '[') throw new SyntaxError(`${name} is not an array`);
    this.#found = true;
    return this.#enter('before first item');
  }
}
