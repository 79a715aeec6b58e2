import type { CommandResults } from './types/commands.ts';
import type { HookPayloads } from './types/hooks.ts';
import type { NotificationPayloads } from './types/notifications.ts';

/** The name of a command of lightningd. */
export type CommandName = keyof CommandResults;

/** The topic of a notification of lightningd. */
export type NotificationTopic = keyof NotificationPayloads;

/** The name of a hook of lightningd. */
export type HookName = keyof HookPayloads;

/** The parameters of a notification as lightningd sends them: the payload under its topic. */
export type NotificationParams<Topic extends NotificationTopic> = {
  readonly [Name in Topic]: NotificationPayloads[Name];
};
