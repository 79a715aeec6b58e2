/** Bytes that arrive in pieces of any size and are read in pieces of known sizes. */
export class ByteReader {
  #pieces: Uint8Array[] = [];
  #first = 0;
  #offset = 0;
  #length = 0;

  /** Bytes that are not read yet. */
  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** Returns the next `count` bytes, or `undefined` if they have not all arrived. */
  take(count: number): Uint8Array | undefined {
    if (count > this.#length) return undefined;
    const first = this.#pieces[this.#first];
    if (first !== undefined && first.length - this.#offset >= count) {
      const bytes = first.subarray(this.#offset, this.#offset + count);
      this.#advance(first, count);
      return bytes;
    }
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count;) {
      const piece = this.#pieces[this.#first] as Uint8Array;
      const part = piece.subarray(this.#offset, this.#offset + count - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#advance(piece, part.length);
    }
    return bytes;
  }

  #advance(piece: Uint8Array, count: number): void {
    this.#length -= count;
    this.#offset += count;
    if (this.#offset < piece.length) return;
    this.#offset = 0;
    this.#first++;
    if (this.#first < this.#pieces.length && this.#first < 64) return;
    this.#pieces = this.#pieces.slice(this.#first);
    this.#first = 0;
  }
}
