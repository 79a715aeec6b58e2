import type { Message } from './message.ts';
import type { Subscriber } from './subscriber.ts';
import type { TopicPermissions } from './topic-permissions.ts';

/** Decides what a subscriber receives: messages whose topic it chose and its rune permits, and gaps. */
export function permittedMessages(
  subscriber: Subscriber,
  permissions: TopicPermissions,
  messages: readonly Message[],
): readonly Message[] {
  const permitted = messages.filter(
    ({ topic, isGap }) =>
      isGap === true || (chose(subscriber, topic) && permissions.get(topic) === true),
  );
  return permitted.length === messages.length ? messages : permitted;
}

/** Whether a subscriber chose a topic. */
export function chose({ topics }: Subscriber, topic: string): boolean {
  return topics === 'all' || topics.has(topic);
}
