const NEWLINE = 10;

/** Cuts lines of JSON out of a stream of bytes. `JSON.stringify` writes no line end within a value. */
export class JsonLines {
  readonly #maxBytes: number;
  /** The beginning of a line. */
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @param maxBytes - a longer line is an error */
  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
  }

  /** Yields the values of the lines that this piece completes. Throws for anything that is not JSON. */
  *push(piece: Buffer): Generator<unknown, void> {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, from)) {
      this.#keep(piece.subarray(from, end));
      from = end + 1;
      const line = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#bytes = 0;
      yield JSON.parse(String(line)) as unknown;
    }
    if (from < piece.length) this.#keep(piece.subarray(from));
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) throw new Error(`a line exceeds ${this.#maxBytes} bytes`);
    this.#pieces.push(part);
  }
}

/** A value as a line. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
