import { _SHA256 } from '@noble/hashes/sha2.js';

/** One block of SHA-256, in bytes (FIPS 180-4). */
const BLOCK = 64;

/**
 * SHA-256 that can be stopped and resumed at a block boundary.
 *
 * A rune's authentication code *is* such a state: each restriction is hashed together with SHA-256's own end marker.
 * With the code, anyone can continue hashing but cannot go back. Restricting a rune therefore needs no secret.
 */
export class Sha256State extends _SHA256 {
  /** Starts from a secret, which fills the first block with its end marker. */
  static fromSecret(secret: Uint8Array): Sha256State {
    const state = new Sha256State();
    state.absorb(secret);
    return state;
  }

  /** Resumes after `hashed` bytes (a multiple of 64) that led to the state `code` (32 bytes). */
  static resume(code: Uint8Array, hashed: number): Sha256State {
    const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
    const state = new Sha256State();
    const word = (i: number): number => view.getUint32(i * 4);
    state.set(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
    state.length = hashed;
    return state;
  }

  /** The number of bytes hashed, including end markers. */
  get hashed(): number {
    return this.length;
  }

  /** The state as 32 bytes, big-endian. */
  code(): Uint8Array {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    this.get().forEach((word, i) => view.setUint32(i * 4, word));
    return bytes;
  }

  /** Hashes the bytes and SHA-256's end marker: a 1 bit, zeros, the length in bits. */
  absorb(bytes: Uint8Array): void {
    this.update(bytes);
    this.update(endMarker(this.length));
  }
}

/** A bit 1, zeros, and the length in bits as 64-bit integer. */
function endMarker(length: number): Uint8Array {
  const used = length % BLOCK;
  const marker = new Uint8Array(used < BLOCK - 8 ? BLOCK - used : 2 * BLOCK - used);
  marker[0] = 0x80;
  // Lengths are below 2^50, so that the number of bits is exact.
  let bits = length * 8;
  for (let at = marker.length - 1; bits > 0; at--) {
    marker[at] = bits % 256;
    bits = Math.floor(bits / 256);
  }
  return marker;
}
