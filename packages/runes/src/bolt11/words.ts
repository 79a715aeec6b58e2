import { Bolt11Error } from './error.ts';

/** Reads numbers and bytes from 5-bit groups, with lightningd's error messages. */
export class Words {
  readonly #words: readonly number[];
  #at = 0;

  constructor(words: readonly number[]) {
    this.#words = words;
  }

  /** The number of unread groups. */
  get left(): number {
    return this.#words.length - this.#at;
  }

  /** Returns a reader of the next `count` groups and skips them. */
  take(count: number): Words {
    if (count > this.left) throw new Bolt11Error('truncated');
    const taken = this.#words.slice(this.#at, this.#at + count);
    this.#at += count;
    return new Words(taken);
  }

  /** Returns the groups read so far. */
  consumed(): readonly number[] {
    return this.#words.slice(0, this.#at);
  }

  /** Returns the unread groups without reading them. */
  rest(): readonly number[] {
    return this.#words.slice(this.#at);
  }

  /** Reads a big-endian number of `count` groups. */
  number(count: number): bigint {
    if (count * 5 > 64) throw new Bolt11Error('integer too large');
    let value = 0n;
    for (const word of this.take(count).rest()) value = value * 32n + BigInt(word);
    return value;
  }

  /** Reads all remaining groups as a number, whose first group must not be zero (BOLT 11: minimal). */
  minimalNumber(): bigint {
    if (this.left * 5 > 64) throw new Bolt11Error('integer too large');
    if (this.left > 1 && this.#words[this.#at] === 0) throw new Bolt11Error('not a minimal value');
    return this.number(this.left);
  }

  /** Reads all remaining groups as bytes. Bits that do not fill a byte must be zero. */
  bytes(): Uint8Array {
    const words = this.take(this.left).rest();
    const bytes = new Uint8Array((words.length * 5) >> 3);
    let bits = 0;
    let pending = 0;
    let at = 0;
    for (const word of words) {
      pending = ((pending << 5) | word) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (pending >> bits) & 0xff;
      }
    }
    if (bits >= 5 || (pending & ((1 << bits) - 1)) !== 0) {
      throw new Bolt11Error('non-zero trailing bits');
    }
    return bytes;
  }

  /** Reads all remaining groups as a bit field whose last bit is bit 0. */
  bitField(): Uint8Array {
    const words = this.take(this.left).rest();
    const bytes = new Uint8Array(Math.ceil((words.length * 5) / 8));
    words.forEach((word, i) => {
      const low = (words.length - 1 - i) * 5;
      const byte = bytes.length - 1 - (low >> 3);
      const wide = word << (low & 7);
      bytes[byte] = (bytes[byte] ?? 0) | (wide & 0xff);
      if (wide > 0xff) bytes[byte - 1] = (bytes[byte - 1] ?? 0) | (wide >> 8);
    });
    return bytes;
  }
}
