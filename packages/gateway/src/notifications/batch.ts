import { type Message, messageBytes } from './message.ts';

/** Messages that go out together. */
export interface Batch {
  /** In order, at least one. All who hear the same get this very array. */
  readonly messages: readonly Message[];
  readonly topics: ReadonlySet<string>;
  /** Of all messages together, in characters. */
  readonly size: number;
}

/** Makes a batch of messages. */
export function batchOf(messages: readonly Message[]): Batch {
  return {
    messages,
    topics: topicsOf(messages),
    size: messages.reduce((sum, message) => sum + messageBytes(message), 0),
  };
}

/** The topics of messages. */
export function topicsOf(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(messages.map(({ topic }) => topic));
}
