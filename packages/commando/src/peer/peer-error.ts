/** Why a connection to a peer ended. Codes are stable. */
export type PeerErrorKind =
  | 'connect_failed'
  | 'handshake_failed'
  | 'timed_out'
  | 'closed'
  | 'malformed'
  | 'unknown_message'
  | 'silent'
  | 'wrong_network';

/**
 * A connection to a peer failed or ended.
 *
 * @example
 * ```ts
 * import { PeerError } from '@clnrest/commando/peer';
 * new PeerError('closed', 'the peer closed the connection').code // => 'closed'
 * ```
 */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  readonly code: PeerErrorKind;

  constructor(code: PeerErrorKind, message: string, details: { readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
  }
}
