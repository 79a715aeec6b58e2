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
    const state = new Sha256State();
    state.continueFrom(code, hashed);
    return state;
  }

  /** Like {@link resume}, without allocating: for hashing many times from one state. */
  continueFrom(code: Uint8Array, hashed: number): void {
    const word = (i: number): number => readWord(code, i * 4);
    this.set(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
    this.length = hashed;
    this.pos = 0;
  }

  /** The number of bytes hashed, including end markers. */
  get hashed(): number {
    return this.length;
  }

  /** The state as 32 bytes, big-endian. */
  code(): Uint8Array {
    const bytes = new Uint8Array(32);
    const words = this.get();
    for (let i = 0; i < words.length; i++) writeWord(bytes, i * 4, words[i] ?? 0);
    return bytes;
  }

  /** Hashes the bytes and SHA-256's end marker: a 1 bit, zeros, the length in bits as 64-bit integer. */
  absorb(bytes: Uint8Array): void {
    this.update(bytes);
    // Written into the block that the library fills: a marker of its own would be allocated and copied.
    const { buffer, view, length } = this;
    const end = this.pos;
    buffer.fill(0, end);
    buffer[end] = MARK;
    if (end >= LENGTH_OFFSET) {
      this.process(view, 0);
      buffer.fill(0);
    }
    view.setUint32(LENGTH_OFFSET, Math.floor(length / 2 ** 29));
    view.setUint32(LENGTH_OFFSET + 4, (length % 2 ** 29) * 8);
    this.process(view, 0);
    this.pos = 0;
    this.length = paddedLength(length);
  }
}

/** The first byte of an end marker, and where in the last block the length is. */
const MARK = 0x80;
const LENGTH_OFFSET = BLOCK - 8;

/** Returns the length of bytes with their end marker: at least 9 bytes more, rounded up to a block. */
export function paddedLength(length: number): number {
  return Math.ceil((length + 9) / BLOCK) * BLOCK;
}

// Not with a DataView: V8 would first move the bytes out of its heap.

function readWord(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  );
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
