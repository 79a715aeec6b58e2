/** Types of lightningd's commands, notifications and hooks. Types cost nothing at run time. */
export type * from './formats.ts';
export type * from './types/commands.ts';
export type * from './types/notifications.ts';
export type * from './types/hooks.ts';
export type {
  CallArguments,
  CallParams,
  CallResult,
  CommandName,
  MethodWithResult,
} from './calls.ts';
export type { FilteredResult, ResultFilter } from './result-filter.ts';
export type { NotificationParams } from './notification-params.ts';
export type { CommandFacts } from './command-facts.ts';
export type { Format, JsonType, Schema } from './schema.ts';
export { COMMAND_FACTS, LIGHTNINGD_VERSION } from './facts.ts';
export { errorCodes } from './error-codes.ts';
