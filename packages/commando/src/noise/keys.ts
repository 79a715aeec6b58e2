import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { NoiseError } from './noise-error.ts';

/** Bytes of a compressed public key. */
export const PUBLIC_KEY_BYTES = 33;

/** A private key and its public key. */
export interface KeyPair {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
}

/**
 * Returns the pair of a private key.
 *
 * @throws RangeError if it is not a private key of secp256k1
 *
 * @example
 * ```ts
 * import { isPublicKey, keyPair } from '@clnrest/commando/peer';
 * isPublicKey(keyPair(new Uint8Array(32).fill(1)).publicKey) // => true
 * isPublicKey(new Uint8Array(33)) // => false
 * ```
 */
export function keyPair(privateKey: Uint8Array): KeyPair {
  if (!secp256k1.utils.isValidSecretKey(privateKey)) {
    throw new RangeError('not a private key of secp256k1');
  }
  return { privateKey, publicKey: secp256k1.getPublicKey(privateKey, true) };
}

/** Creates a random pair. */
export function randomKeyPair(): KeyPair {
  return keyPair(secp256k1.utils.randomSecretKey());
}

/** SHA-256 of the compressed shared point (BOLT 8, `ECDH`). @throws NoiseError `bad_key` */
export function sharedSecret({ privateKey }: KeyPair, publicKey: Uint8Array): Uint8Array {
  try {
    return sha256(secp256k1.getSharedSecret(privateKey, publicKey, true));
  } catch (cause) {
    throw new NoiseError('bad_key', { cause });
  }
}

/** Whether the bytes are a compressed public key of secp256k1. */
export function isPublicKey(bytes: Uint8Array): boolean {
  return bytes.length === PUBLIC_KEY_BYTES && secp256k1.utils.isValidPublicKey(bytes, true);
}
