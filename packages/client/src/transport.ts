/** What a client of another transport than REST shares with `ClnrestClient`. `@clnrest/commando` is one. */

// The calls of a client, over any transport.
export { NodeClient, type NodeClientParts } from './node-client.ts';
export type { Body, CallTransport } from './transport/call-transport.ts';
export type { CommandCall } from './request.ts';
export type { CallScope } from './waiting/call-scope.ts';

// Its options, its pacing, and the node's errors.
export { MAX_STRING_BYTES, readRune } from './settings.ts';
export { paced } from './pacing/paced.ts';
export { Pacer, type Turn } from './pacing/pacer.ts';
export { type ErrorEnvelope, readEnvelope, runeErrorCode, shownMessage } from './response-error.ts';
