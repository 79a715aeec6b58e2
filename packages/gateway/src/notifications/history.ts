import { BoundedQueue } from '@clnrest/bounds';
import { type Message, messageBytes } from './message.ts';

/** What came since someone listened last. */
export interface Missed {
  readonly messages: readonly Message[];
  /** Not so where more came than is held, or nobody knows. */
  readonly isWhole: boolean;
  /** The number behind which they come. */
  readonly after: number;
}

/** The newest messages, so many and so many bytes at most, for listeners that come back. */
export class History {
  readonly #messages: BoundedQueue<Message>;

  constructor(maxMessages: number, maxBytes: number) {
    this.#messages = new BoundedQueue({
      maxItems: maxMessages,
      maxSize: maxBytes,
      sizeOf: messageBytes,
    });
  }

  /** Adds a message. Sequence numbers go up by one. */
  add(message: Message): void {
    this.#messages.push(message);
  }

  /** What came after a sequence number; all that is held where that is not whole. */
  after(sequence: number): Missed {
    const { first, next } = this.#messages;
    const newest = this.#messages.at(next - 1)?.sequence ?? 0;
    const oldest = this.#messages.at(first)?.sequence ?? newest + 1;
    const isWhole = sequence >= oldest - 1 && sequence <= newest;
    const from = isWhole ? first + (sequence - oldest + 1) : first;
    return {
      messages: this.#messages.from(from),
      isWhole,
      after: isWhole ? sequence : oldest - 1,
    };
  }
}
