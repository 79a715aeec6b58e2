/** Collects the 5-bit groups ("words") of the data part of a BOLT 11 invoice. */
export class WordWriter {
  readonly #words: number[] = [];

  get words(): readonly number[] {
    return this.#words;
  }

  /** Appends a big-endian number of the given length. */
  number(value: bigint, words: number): void {
    for (let i = words - 1; i >= 0; i--) {
      this.#words.push(Number((value >> BigInt(5 * i)) & 31n));
    }
  }

  /** Appends bytes, padded with zero bits to a whole word. */
  bytes(bytes: Uint8Array): void {
    let bits = 0;
    let value = 0;
    for (const byte of bytes) {
      value = ((value << 8) | byte) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        this.#words.push((value >> bits) & 31);
      }
    }
    if (bits > 0) this.#words.push((value << (5 - bits)) & 31);
  }

  append(words: readonly number[]): void {
    for (const word of words) this.#words.push(word);
  }
}

/** The number of words that hold a number of bytes. */
export function wordsForBytes(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}

/** The number of words of a number without leading zeros, which BOLT 11 forbids; at least one. */
export function wordsForNumber(value: bigint): number {
  return Math.max(1, Math.ceil(value.toString(2).length / 5));
}

/** Packs words into bytes, padded with zero bits to a whole byte. The signature covers these bytes. */
export function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((words.length * 5) / 8));
  words.forEach((word, index) => {
    const bit = index * 5;
    const shifted = word << (11 - (bit % 8));
    const at = bit >> 3;
    bytes[at] = (bytes[at] ?? 0) | (shifted >> 8);
    if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] ?? 0) | (shifted & 0xff);
  });
  return bytes;
}
