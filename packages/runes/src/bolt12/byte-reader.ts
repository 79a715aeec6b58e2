/** A value that ends too early, or is not in its shortest form. Messages turn it into lightningd's error. */
export class MalformedValue extends Error {
  override readonly name = 'MalformedValue';
}

/** Reads the values of BOLT 1 from bytes. Each method throws a {@link MalformedValue}. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The number of unread bytes. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next byte, without reading it; undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw new MalformedValue('truncated');
    return this.#bytes.slice(this.#at, (this.#at += count));
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** A big-endian number of so many bytes. */
  unsigned(count: number): bigint {
    return this.take(count).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  /** All unread bytes as a number without leading zeros (`tu32`, `tu64`). */
  truncated(maxCount: number): bigint {
    if (this.left > maxCount) throw new MalformedValue('longer than the type');
    if (this.peek() === 0) throw new MalformedValue('leading zero');
    return this.unsigned(this.left);
  }

  /** A BigSize in its shortest form (BOLT 1). */
  bigSize(): bigint {
    const first = this.unsigned(1);
    const size = BIG_SIZES.find(({ marker }) => marker === first);
    if (size === undefined) return first;
    const value = this.unsigned(size.bytes);
    if (value < size.from) throw new MalformedValue('not the shortest form');
    return value;
  }
}

const BIG_SIZES = [
  { marker: 0xfdn, bytes: 2, from: 0xfdn },
  { marker: 0xfen, bytes: 4, from: 0x1_0000n },
  { marker: 0xffn, bytes: 8, from: 0x1_0000_0000n },
] as const;

/** A number in so many bytes, big-endian. */
export function unsignedBytes(value: bigint, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = count - 1, left = value; at >= 0; at--, left >>= 8n)
    bytes[at] = Number(left & 255n);
  return bytes;
}

/** A number without leading zeros. Zero has no bytes. */
export function truncatedBytes(value: bigint): Uint8Array {
  let count = 0;
  for (let left = value; left > 0n; left >>= 8n) count++;
  return unsignedBytes(value, count);
}

/** A BigSize in its shortest form (BOLT 1). */
export function bigSizeBytes(value: bigint): Uint8Array {
  const size = BIG_SIZES.findLast(({ from }) => value >= from);
  if (size === undefined) return unsignedBytes(value, 1);
  return Uint8Array.of(Number(size.marker), ...unsignedBytes(value, size.bytes));
}
