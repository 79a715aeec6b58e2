import { ValueEnd } from './value-end.ts';

/** Receives a piece of a member's value. `isLast`: the value is complete. */
export type MemberReceiver = (name: string, piece: string, isLast: boolean) => void;

type State =
  | 'before object'
  | 'before first key'
  | 'before key'
  | 'in key'
  | 'before colon'
  | 'before value'
  | 'in value'
  | 'after value'
  | 'after object';

/** A longer key is not read: it would have to be collected. */
const MAX_KEY_LENGTH = 64 * 1024;

/**
 * Reads one JSON object from text that arrives in chunks, and passes the texts of its members on as they arrive. It holds only
 * the key of the current member. The values are not validated.
 *
 * @example
 * ```ts
 * import { ObjectMembers } from '@clnrest/json';
 * const pieces: string[] = [];
 * const members = new ObjectMembers((name, piece, isLast) => pieces.push(`${name} ${piece} ${isLast}`));
 * members.push('{"id":"a","result":{"b":');
 * members.push('1}}');
 * members.end();
 * pieces // => ['id "a" true', 'result {"b": false', 'result 1} true']
 * ```
 */
export class ObjectMembers {
  readonly #receive: MemberReceiver;
  readonly #value = new ValueEnd();
  #state: State = 'before object';
  #key = '';

  constructor(receive: MemberReceiver) {
    this.#receive = receive;
  }

  /** Reads the next chunk. @throws {SyntaxError} if the text is not an object */
  push(text: string): void {
    for (let at = 0; at < text.length;) {
      switch (this.#state) {
        case 'in key':
        case 'in value':
          at = this.#take(this.#state, text, at);
          break;
        default: {
          const character = text[at] ?? '';
          if (/\s/.test(character)) at++;
          else if (this.#next(this.#state, character)) at++;
        }
      }
    }
  }

  /** @throws {SyntaxError} if the object is incomplete */
  end(): void {
    if (this.#state !== 'after object') throw new SyntaxError('the text ends too early');
  }

  /** Takes as much of a key or value as the chunk has. Returns the index after it. */
  #take(state: 'in key' | 'in value', text: string, at: number): number {
    const end = this.#value.find(text, at);
    const stop = end < 0 ? text.length : end;
    if (state === 'in key') {
      this.#key += text.slice(at, stop);
      if (this.#key.length > MAX_KEY_LENGTH) throw new SyntaxError('a key is too long');
      if (end >= 0) this.#state = 'before colon';
      return stop;
    }
    if (end >= 0) this.#state = 'after value';
    this.#receive(this.#key, text.slice(at, stop), end >= 0);
    return stop;
  }

  /** Enters the next state. Returns false if the character starts a key or value, which includes it. */
  #next(state: Exclude<State, 'in key' | 'in value'>, character: string): boolean {
    switch (state) {
      case 'before object':
        return this.#expect(character, { '{': 'before first key' });
      case 'before first key':
        if (character === '}') return this.#expect(character, { '}': 'after object' });
        return this.#begin(character, '"', 'in key');
      case 'before key':
        return this.#begin(character, '"', 'in key');
      case 'before colon':
        this.#key = String(JSON.parse(this.#key));
        return this.#expect(character, { ':': 'before value' });
      case 'before value':
        return this.#begin(character, '"{[-0123456789tfn', 'in value');
      case 'after value':
        return this.#expect(character, { ',': 'before key', '}': 'after object' });
      case 'after object':
        throw new SyntaxError('text after the object');
    }
  }

  #begin(character: string, first: string, state: 'in key' | 'in value'): boolean {
    if (!first.includes(character)) return this.#expect(character, {});
    this.#value.reset();
    if (state === 'in key') this.#key = '';
    this.#state = state;
    return false;
  }

  #expect(character: string, next: Readonly<Record<string, State>>): boolean {
    const state = next[character];
    if (state === undefined) {
      throw new SyntaxError(`unexpected ${JSON.stringify(character)} ${this.#state}`);
    }
    this.#state = state;
    return true;
  }
}
