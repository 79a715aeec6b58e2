/**
 * An error that the node returned: an unknown command, invalid parameters, a failed payment.
 *
 * A plugin's method handler can throw it to return an error reply.
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
  override readonly name: string = 'RpcError';
  /** The node's number for this error, e.g. -32601 for an unknown command. */
  readonly code: number;
  /** The parsed `data` member of the error; `undefined` if it is absent. */
  readonly data: unknown;
  /** `data` as the JSON text that arrived, digit for digit; `undefined` if it is absent. */
  readonly dataText: string | undefined;

  constructor(code: number, message: string, details: RpcErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.data = details.data;
    this.dataText = details.dataText;
  }
}

/** Optional parts of an {@link RpcError}. */
export interface RpcErrorDetails {
  /** Details of the error, as a value. */
  readonly data?: unknown;
  /** Details of the error, as JSON text. Takes precedence over `data` when the error is written. */
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
 * Why no reply could be read:
 * - `socket_missing`: the path has no socket: the node is not running, or the path is wrong;
 * - `refused`: no process listens on the socket, or the program lacks the permission to connect;
 * - `closed`: the connection or the client was closed before the whole reply had arrived. Whether the
 *   node ran the command is unknown, and the request is not sent again;
 * - `malformed_reply`: the reply is not valid JSON, or does not match the request;
 * - `timed_out`: the caller's time limit expired;
 * - `overloaded`: too many calls are in flight, or the system allows no more connections;
 * - `too_large`: the result does not fit into one string (read it as a stream) or exceeds the limit of a pipeline.
 */
export type TransportErrorCode = (typeof TRANSPORT_ERROR_CODES)[number];

/**
 * No readable reply arrived from the node. `code` has the reason and is stable across versions; `cause`
 * has the system's error, if there is one.
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

/** The connection was closed before the whole request was written: the node has not run the command. */
export class NotSentError extends TransportError {
  constructor(method: string, cause?: unknown) {
    super('closed', `the connection for ${method} was closed`, { cause });
  }
}

/**
 * The request cannot be written: the parameters are not valid JSON, or the id is already in use.
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
