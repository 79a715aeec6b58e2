import { type Notification, readMembers } from '@clnrest/lightningd';

/** A notification on its way to listeners. */
export interface Message {
  /** Counts up from 1, without gaps, in the order in which the node told us. */
  readonly sequence: number;
  readonly topic: string;
  /** What listeners get, as JSON text: every digit as the node wrote it. */
  readonly text: string;
}

/** What a message costs beside its text, roughly: it bounds how many small ones are kept. */
const MESSAGE_CHARACTERS = 64;

/** A message's size in a queue, in characters. */
export function sizeOf({ text, topic }: Message): number {
  return MESSAGE_CHARACTERS + topic.length + text.length;
}

/**
 * What listeners get of a notification: its params as they came. The node's own are wrapped in their topic,
 * `{"invoice_creation":{…}}`; a plugin's come as the plugin made them, with the plugin's name beside
 * them as `origin`, unless they have one already.
 */
export function payloadOf({ origin, paramsText, topic }: Notification): string {
  if (origin === undefined) return paramsText;
  const name = `"origin":${JSON.stringify(origin)}`;
  if (!/^\s*\{/.test(paramsText)) return `{${JSON.stringify(topic)}:${paramsText},${name}}`;
  const members = readMembers(paramsText);
  if (members.has('origin')) return paramsText;
  const open = paramsText.slice(0, paramsText.lastIndexOf('}'));
  return `${open}${members.size > 0 ? ',' : ''}${name}}`;
}
