import { inspect } from 'node:util';
import type { Rune } from '@clnrest/runes';

/** A rune that a client presented, in the form of a node's. It prints redacted: its text is a credential. */
export class ParsedRune {
  readonly #text: string;
  readonly #rune: Rune;
  /** The unique id, by which the node counts uses and blacklists. All derived runes share it. */
  readonly id: bigint;

  constructor(text: string, rune: Rune, id: bigint) {
    this.#text = text;
    this.#rune = rune;
    this.id = id;
  }

  /** The text as the client sent it. */
  get text(): string {
    return this.#text;
  }

  get rune(): Rune {
    return this.#rune;
  }

  toString(): string {
    return `ParsedRune(${this.id}, redacted)`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
