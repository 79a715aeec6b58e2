/**
 * An error that the node itself answered: an unknown command, wrong parameters, a failed payment.
 * The call reached the node and the node refused it.
 *
 * A plugin's method handler throws it too: what it holds becomes the error reply.
 *
 * @example
 * ```ts
 * import { RpcError } from '@clnrest/lightningd';
 * const error = new RpcError(-32602, 'missing required parameter: label');
 * error.code // => -32602
 * error.message // => 'missing required parameter: label'
 * ```
 */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  /** The node's number for this error, e.g. -32601 for an unknown command. */
  readonly code: number;
  /** What the node sent beside the message, parsed; `undefined` if nothing. */
  readonly data: unknown;
  /** `data` as the JSON text that arrived, digit for digit; `undefined` if there was none. */
  readonly dataText: string | undefined;

  constructor(code: number, message: string, details: RpcErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.data = details.data;
    this.dataText = details.dataText;
  }
}

/** What an {@link RpcError} may carry beside its code and message. */
export interface RpcErrorDetails {
  /** More about the error, as a value. */
  readonly data?: unknown;
  /** The same as JSON text; it is what gets written where both are given. */
  readonly dataText?: string | undefined;
  readonly cause?: unknown;
}

/**
 * All codes of {@link TransportError}.
 *
 * @example
 * ```ts
 * import { TRANSPORT_ERROR_CODES } from '@clnrest/lightningd';
 * TRANSPORT_ERROR_CODES.includes('socket_missing') // => true
 * ```
 */
export const TRANSPORT_ERROR_CODES = [
  'socket_missing',
  'refused',
  'closed',
  'malformed_reply',
  'timed_out',
  'overloaded',
  'too_large',
] as const;

/**
 * Why no answer came:
 * - `socket_missing`: there is no socket at that path (the node is not running, or the path is wrong);
 * - `refused`: the socket is there but nobody listens, or we may not open it;
 * - `closed`: the connection (or the client) was closed before the whole reply had arrived. Whether
 *   the node ran the command is unknown; nothing is ever sent twice;
 * - `malformed_reply`: what arrived is no reply to what was asked;
 * - `timed_out`: the time given by the caller is over;
 * - `overloaded`: more calls in flight than allowed, or the system has no more connections to give;
 * - `too_large`: the result does not fit into one string (read it as a stream), or exceeds a pipeline's limit.
 */
export type TransportErrorCode = (typeof TRANSPORT_ERROR_CODES)[number];

/**
 * The conversation with the node failed: the node gave no answer that could be read.
 * `code` says how and never changes its meaning; `cause` holds the system's error where there is one.
 *
 * @example
 * ```ts
 * import { RpcClient, TransportError } from '@clnrest/lightningd';
 * const client = new RpcClient({ socketPath: '/nowhere/lightning-rpc' });
 * const error = await client.call('getinfo').catch((reason) => reason);
 * await client.close();
 * error instanceof TransportError // => true
 * error.code // => 'socket_missing'
 * ```
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The request cannot be written: the parameters are no JSON text, or an id is already in use.
 *
 * @example
 * ```ts
 * import { InvalidRequestError, RpcClient } from '@clnrest/lightningd';
 * const client = new RpcClient({ socketPath: '/nowhere/lightning-rpc' });
 * const error = await client.call('getinfo', '{oops').catch((reason) => reason);
 * await client.close();
 * error instanceof InvalidRequestError // => true
 * ```
 */
export class InvalidRequestError extends TypeError {
  override readonly name = 'InvalidRequestError';
  readonly code = 'invalid_request';
}
