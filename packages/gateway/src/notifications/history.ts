import type { Message } from './message.ts';

/** The newest messages, so many and so large at most, for listeners that come back. */
export class History {
  readonly #most: number;
  readonly #mostCharacters: number;
  #messages: Message[] = [];
  #first = 0;
  #characters = 0;

  constructor(most: number, mostCharacters: number) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#characters += message.text.length;
    while (
      this.#messages.length - this.#first > this.#most ||
      (this.#characters > this.#mostCharacters && this.#messages.length - this.#first > 1)
    ) {
      this.#characters -= this.#messages[this.#first]?.text.length ?? 0;
      this.#first++;
    }
    // Moving the rest each time would cost as much as there is.
    if (this.#first > this.#most) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
  }

  /** What came after a sequence number; `undefined` where some of that is not held any more. */
  after(sequence: number): readonly Message[] | undefined {
    const oldest = this.#messages[this.#first]?.sequence;
    const newest = this.#messages.at(-1)?.sequence ?? 0;
    if (sequence > newest) return undefined;
    if (sequence === newest) return [];
    if (oldest === undefined || sequence < oldest - 1) return undefined;
    return this.#messages.slice(this.#first + (sequence - oldest + 1));
  }
}
