import type { Message } from './message.ts';

/** What came since someone listened last. */
export interface Missed {
  readonly messages: readonly Message[];
  /** Not so where more came than is held, or nobody knows. */
  readonly isWhole: boolean;
  /** The number behind which they come. */
  readonly after: number;
}

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

  /** What came after a sequence number; all that is held where that is not whole. */
  after(sequence: number): Missed {
    const newest = this.#messages.at(-1)?.sequence ?? 0;
    const oldest = this.#messages[this.#first]?.sequence ?? newest + 1;
    const isWhole = sequence >= oldest - 1 && sequence <= newest;
    const from = isWhole ? this.#first + (sequence - oldest + 1) : this.#first;
    return {
      messages: this.#messages.slice(from),
      isWhole,
      after: isWhole ? sequence : oldest - 1,
    };
  }
}
