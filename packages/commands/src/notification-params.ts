import type { NotificationPayloads } from './types/notifications.ts';

/** The parameters of a notification as lightningd sends them: the payload under its topic. */
export type NotificationParams<Topic extends keyof NotificationPayloads> = {
  readonly [Name in Topic]: NotificationPayloads[Name];
};
