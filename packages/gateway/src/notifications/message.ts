import { stringBytes } from '@clnrest/bounds';
import { type PluginNotification, readMembers } from '@clnrest/lightningd';

/** A notification on its way to listeners. */
export interface Message {
  /** Counts up from 1, without gaps, in the order in which the node told us. */
  readonly sequence: number;
  readonly topic: string;
  /** What listeners get, as JSON text: every digit as the node wrote it. */
  readonly text: string;
}

/** The bytes that a message costs besides its strings: the object, its members and its slot in a queue. */
const MESSAGE_OVERHEAD = 64;

/** The bytes that a message costs while it is held. */
export function messageBytes({ topic, text }: Message): number {
  return MESSAGE_OVERHEAD + stringBytes(topic) + stringBytes(text);
}

/**
 * What listeners get of a notification: its params as they came. The node's own are wrapped in their topic,
 * `{"invoice_creation":{…}}`; a plugin's come as the plugin made them, with the plugin's name beside
 * them as `origin`, unless they have one already.
 */
export function payloadOf({ origin, paramsText, topic }: PluginNotification): string {
  if (origin === undefined) return paramsText;
  const name = `"origin":${JSON.stringify(origin)}`;
  if (!/^\s*\{/.test(paramsText)) return `{${JSON.stringify(topic)}:${paramsText},${name}}`;
  const members = readMembers(paramsText);
  if (members.has('origin')) return paramsText;
  const open = paramsText.slice(0, paramsText.lastIndexOf('}'));
  return `${open}${members.size > 0 ? ',' : ''}${name}}`;
}
