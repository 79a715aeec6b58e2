/**
 * Call a Core Lightning node over REST and subscribe to its notifications, in Node and in browsers.
 */

// The client, its parameters and its results.
export { type CallOptions, ClnrestClient } from './client.ts';
export type { ClnrestClientOptions } from './settings.ts';
export type { Params } from './request.ts';
export type { CommandResults, Integer, Invoice } from './commands.ts';
export type { Method } from './methods.ts';
export type { ListenOptions, Missed, NotificationEvent } from './notifications/subscribe.ts';

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
