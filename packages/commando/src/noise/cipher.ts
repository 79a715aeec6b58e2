import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { NoiseError } from './noise-error.ts';

/** Bytes of a Poly1305 tag. */
export const TAG_BYTES = 16;
const KEY_BYTES = 32;
const EMPTY = new Uint8Array(0);

/** Encrypts with ChaCha20-Poly1305 (BOLT 8, `encryptWithAD`). */
export function encrypt(
  key: Uint8Array,
  nonce: number,
  data: Uint8Array,
  plaintext: Uint8Array = EMPTY,
): Uint8Array {
  return chacha20poly1305(key, nonceBytes(nonce), data).encrypt(plaintext);
}

/** Decrypts with ChaCha20-Poly1305 (BOLT 8, `decryptWithAD`). @throws NoiseError `bad_mac` */
export function decrypt(
  key: Uint8Array,
  nonce: number,
  data: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  try {
    return chacha20poly1305(key, nonceBytes(nonce), data).decrypt(ciphertext);
  } catch (cause) {
    throw new NoiseError('bad_mac', { cause });
  }
}

/** Derives two keys (BOLT 8, `HKDF`). */
export function deriveKeys(
  salt: Uint8Array,
  material: Uint8Array = EMPTY,
): readonly [Uint8Array, Uint8Array] {
  const keys = hkdf(sha256, material, salt, undefined, 2 * KEY_BYTES);
  return [keys.slice(0, KEY_BYTES), keys.slice(KEY_BYTES)];
}

/** 32 zero bits, then the nonce in 64 bits, little-endian. Keys are rotated long before 2^32. */
function nonceBytes(nonce: number): Uint8Array {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(4, nonce, true);
  return bytes;
}
