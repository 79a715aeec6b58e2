import type { NotificationPayloads } from '@clnrest/commands';
import type { NotificationParams } from './declarations.ts';

/**
 * The topic of a notification: those of lightningd v26.06.6, and those that a program adds to `NotificationPayloads` of
 * `@clnrest/commands` by declaration merging.
 */
export type NotificationTopic = keyof NotificationPayloads;

/** The payload of a topic; unknown for a topic without a type. */
export type NotificationPayload<Topic extends string> = Topic extends NotificationTopic
  ? NotificationPayloads[Topic]
  : unknown;

/** A notification from the node or from another plugin. */
export interface PluginNotification<Topic extends string = string> {
  readonly topic: Topic;
  /** The plugin that sent it; `undefined` for the node's own. */
  readonly origin: string | undefined;
  /** The parsed params: `{[topic]: {…}}` for the node's own topics. Integers beyond ±(2^53 − 1) are bigints. */
  readonly params: unknown;
  /** The params as the JSON text that arrived, digit for digit. */
  readonly paramsText: string;
  /** The params without their wrapper, if they are wrapped in the topic's name. */
  readonly payload: NotificationPayload<Topic>;
}

/** Handles a notification. A thrown error is logged. The topic `*` has notifications of every type. */
export type NotificationHandler<Topic extends string = string> = (
  notification: PluginNotification<'*' extends Topic ? string : Topic>,
) => unknown;

/** Parameters that a plugin sends on a topic of its own: those of the topic's type, if it has one, or JSON text. */
export type SentNotification<Topic extends string> = Topic extends NotificationTopic
  ? NotificationPayloads[Topic] | string
  : NotificationParams;
