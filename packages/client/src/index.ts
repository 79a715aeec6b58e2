/**
 * Call a Core Lightning node over REST and hear its notifications, in Node and in browsers.
 */

// The client, and what its methods take and give.
export { type CallOptions, ClnrestClient } from './client.ts';
export type { ClnrestClientOptions } from './settings.ts';
export type { Params } from './request.ts';
export type { CommandResults, Integer, Invoice } from './commands.ts';
export type { Method } from './methods.ts';
export type { ListenOptions, Missed, Notification } from './notifications/listen.ts';

// The one error, and all its codes with what they mean.
export {
  ClnrestError,
  type ClnrestErrorCode,
  type ClnrestErrorDetails,
  ERROR_KINDS,
} from './errors.ts';

// JSON whose integers keep their digits, for what `callText` and `text` give.
export { encodeJson } from './json/encode.ts';
export { parseJson } from './json/parse.ts';

// What carries requests, for those who bring their own.
export type {
  Transport,
  TransportAnswer,
  TransportRequest,
  TransportSettings,
} from './transport/transport.ts';
