import type { Refusal } from '../refusals.ts';
import type { Message } from './message.ts';
import type { TopicPermissions } from './topic-permissions.ts';
import type { Topics } from './topics.ts';

/** A client, or several clients with the same rune and the same topics, that receives notifications. */
export interface Subscriber {
  readonly permissions: TopicPermissions;
  /** The topics that the client chose. */
  readonly topics: Topics;
  /**
   * Sends messages that the rune permits, in order. Must not wait. Subscribers that receive the same
   * messages get the same array, so that each message is encoded once.
   */
  deliver(messages: readonly Message[]): void;
  /** Ends the subscription and sends the reason to the client. */
  end(reason: Refusal): void;
}
