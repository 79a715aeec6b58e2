import { BoundedQueue } from '@clnrest/bounds';
import { type Message, messageBytes } from './message.ts';

/** Messages that a subscriber missed. */
export interface Missed {
  readonly messages: readonly Message[];
  /** False if some messages were evicted, or if the requested sequence number is unknown. */
  readonly isComplete: boolean;
  /** The sequence number before the first message. */
  readonly after: number;
}

/** The newest messages, for subscribers that reconnect. */
export class History {
  readonly #messages: BoundedQueue<Message>;

  constructor(maxMessages: number, maxBytes: number) {
    this.#messages = new BoundedQueue({
      maxItems: maxMessages,
      maxSize: maxBytes,
      sizeOf: messageBytes,
    });
  }

  /** Adds a message. Its sequence number must be that of the previous message plus 1. */
  add(message: Message): void {
    this.#messages.push(message);
  }

  /** The sequence number of the oldest message. */
  get oldest(): number | undefined {
    return this.#messages.at(this.#messages.first)?.sequence;
  }

  /** The messages after a sequence number. If some are missing, all messages in the history. */
  after(sequence: number): Missed {
    const { first, next } = this.#messages;
    const newest = this.#messages.at(next - 1)?.sequence ?? 0;
    const oldest = this.#messages.at(first)?.sequence ?? newest + 1;
    const isComplete = sequence >= oldest - 1 && sequence <= newest;
    const from = isComplete ? first + (sequence - oldest + 1) : first;
    return {
      messages: this.#messages.from(from),
      isComplete,
      after: isComplete ? sequence : oldest - 1,
    };
  }
}
