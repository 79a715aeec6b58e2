import { type Message, messageBytes } from './message.ts';

/** Messages that are delivered together. */
export interface Batch {
  /** In order, at least one. Subscribers that receive the whole batch get this array itself. */
  readonly messages: readonly Message[];
  readonly topics: ReadonlySet<string>;
  /** The bytes of all messages together. */
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

/** The topics of messages. A gap has no topic. */
export function topicsOf(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(messages.flatMap(({ topic, isGap }) => (isGap === true ? [] : [topic])));
}
