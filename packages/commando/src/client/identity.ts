import { ClnrestError } from '@clnrest/client';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type KeyPair, keyPair, randomKeyPair } from '../noise/keys.ts';

/** A key that identifies a client to nodes. */
export interface Identity {
  /** 64 hex digits. A secret. */
  readonly privateKey: string;
  /** The public key, 66 hex digits: the value of a rune's `id=` restriction. */
  readonly nodeId: string;
}

/**
 * Creates a random identity. Keep its private key, so that runes with an `id=` restriction keep working.
 *
 * @example
 * ```ts
 * import { createIdentity, identityOf } from '@clnrest/commando';
 *
 * const { privateKey, nodeId } = createIdentity();
 * identityOf(privateKey).nodeId === nodeId // => true
 * ```
 */
export function createIdentity(): Identity {
  return identityFrom(randomKeyPair());
}

/**
 * Returns the identity of a private key.
 *
 * @throws {ClnrestError} `invalid_request` if it is not a private key
 *
 * @example
 * ```ts
 * import { identityOf } from '@clnrest/commando';
 * identityOf('11'.repeat(32)).nodeId // => '034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa'
 * ```
 */
export function identityOf(privateKey: string | Uint8Array): Identity {
  return identityFrom(readKeyPair(privateKey));
}

/** @throws {ClnrestError} `invalid_request`. The error does not show the key. */
export function readKeyPair(privateKey: string | Uint8Array): KeyPair {
  try {
    return keyPair(typeof privateKey === 'string' ? hexToBytes(privateKey) : privateKey);
  } catch {
    throw new ClnrestError(
      'invalid_request',
      'Invalid `privateKey`: use 32 bytes, or their 64 hex digits',
    );
  }
}

function identityFrom({ privateKey, publicKey }: KeyPair): Identity {
  return { privateKey: bytesToHex(privateKey), nodeId: bytesToHex(publicKey) };
}
