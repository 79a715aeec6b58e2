import { stringBytes } from '@clnrest/bounds';
import { type PluginNotification, readMembers } from '@clnrest/lightningd';

/** A notification as subscribers receive it. */
export interface Message {
  /** Starts at 1, without gaps, in the order in which the node sent the notifications. */
  readonly sequence: number;
  readonly topic: string;
  /** The payload as JSON text, which keeps every digit of the node's numbers. */
  readonly text: string;
  /** The id of the event in the stream that gateways share. Undefined if only the sequence number names it, and for a gap. */
  readonly id?: string | undefined;
  /**
   * Set if this message is not a notification, but says that some were lost before it. The topic is then empty, and the text
   * is a JSON object with the member `message`.
   */
  readonly isGap?: true;
}

/** A message without its sequence number. */
export type Received = Omit<Message, 'sequence'>;

/** The message to a subscriber that cannot receive everything that it missed. */
export const MISSED_TEXT = 'Some notifications were missed: the server no longer has them';

/** The text of a gap. */
export function gapText(reason: string): string {
  return JSON.stringify({ message: `Some notifications were missed: ${reason}` });
}

/** The bytes of a message besides its strings: the object, its members and its slot in a queue. */
const MESSAGE_OVERHEAD = 64;

/** The bytes that a message takes in memory. */
export function messageBytes({ topic, text }: Message): number {
  return MESSAGE_OVERHEAD + stringBytes(topic) + stringBytes(text);
}

/**
 * The payload of a notification: its params, unchanged. lightningd wraps the params of its own
 * notifications in their topic, `{"invoice_creation":{…}}`. A plugin's params get the plugin's name as
 * `origin`, unless they have that member.
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
