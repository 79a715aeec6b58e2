const NEWLINE = 10;

/** Splits a stream of bytes into lines of JSON. `JSON.stringify` writes no line breaks. */
export class JsonLines {
  readonly #maxBytes: number;
  /** The chunks of the incomplete line. */
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** @param maxBytes - a longer line is an error */
  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
  }

  /** Yields the values of the lines that this chunk completes. Throws if a line is not JSON. */
  *push(chunk: Buffer): Generator<unknown, void> {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      const line = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#bytes = 0;
      yield JSON.parse(String(line)) as unknown;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) throw new Error(`a line exceeds ${this.#maxBytes} bytes`);
    this.#chunks.push(part);
  }
}

/** Encodes a value as a line. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
