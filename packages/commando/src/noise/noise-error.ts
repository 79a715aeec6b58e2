/** Why a handshake or a message was rejected. Codes are stable. */
export type NoiseErrorKind = 'bad_length' | 'bad_version' | 'bad_key' | 'bad_mac';

const MESSAGES: Readonly<Record<NoiseErrorKind, string>> = {
  bad_length: 'the length of a handshake message is wrong',
  bad_version: 'the version of the handshake is not 0',
  bad_key: 'a handshake message has an invalid public key',
  bad_mac: 'the authentication of a message failed',
};

/**
 * The peer did not follow BOLT 8, or is not the node that it should be. The connection must be closed.
 *
 * @example
 * ```ts
 * import { NoiseError } from '@clnrest/commando/peer';
 * new NoiseError('bad_mac').code // => 'bad_mac'
 * ```
 */
export class NoiseError extends Error {
  override readonly name = 'NoiseError';
  readonly code: NoiseErrorKind;

  constructor(code: NoiseErrorKind, details: { readonly cause?: unknown } = {}) {
    super(MESSAGES[code], details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
  }
}
