/**
 * Call a Core Lightning node over REST and subscribe to its notifications, in Node and in browsers.
 */

// The client, its parameters and its results.
export { ClnrestClient } from './client.ts';
export type { CallOptions, CommandOptions } from './node-client.ts';
export type { ClnrestClientOptions } from './settings.ts';
export type { Params } from './request.ts';
export type { Amounts, WithAmounts } from './amounts.ts';
export type { Method } from './methods.ts';
export type { ListenOptions, Missed, NotificationEvent, Topic } from './notifications/subscribe.ts';
export type { PaidInvoice, PaidInvoicesOptions } from './invoices/paid-invoices.ts';
export type { RepeatOptions } from './waiting/repeat.ts';

// The types of lightningd's commands.
export type { CommandName, CommandParams, CommandResults, Msat, U64 } from '@clnrest/commands';

// The error, its codes and their meaning.
export {
  ClnrestError,
  type ClnrestErrorCode,
  type ClnrestErrorDetails,
  ERROR_KINDS,
} from './errors.ts';

// JSON with exact integers, for the texts that `callText` and `NotificationEvent.text` return.
export { stringifyJson } from './stringify.ts';
export { parseJson } from '@clnrest/json';

// The interface for custom transports.
export type {
  Transport,
  TransportAnswer,
  TransportRequest,
  TransportSettings,
} from './transport/transport.ts';
