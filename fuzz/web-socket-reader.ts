const OPCODES = new Set([0, 1, 2, 8, 9, 10]);

/** Reads the frames that a server sends. */
export class WebSocketReader {
  /** Complete frames so far. */
  frames = 0;
  #bytes = '';
  #left = 0;
  #isClosed = false;

  /** Reads bytes, as characters. Returns a violation or nothing. */
  read(text: string): string | undefined {
    this.#bytes += text;
    for (;;) {
      const taken = Math.min(this.#left, this.#bytes.length);
      this.#left -= taken;
      this.#bytes = this.#bytes.slice(taken);
      if (this.#left > 0 || this.#bytes === '') return undefined;
      if (this.#isClosed) return 'bytes after the close frame of a websocket';
      const problem = this.#readHead();
      if (problem !== undefined) return problem === 'more' ? undefined : problem;
    }
  }

  #readHead(): string | undefined {
    const [first = 0, second] = Buffer.from(this.#bytes.slice(0, 2), 'latin1');
    if ((first & 0x70) !== 0 || !OPCODES.has(first & 0x0f)) {
      return 'invalid WebSocket frame';
    }
    if (second === undefined) return 'more';
    if ((second & 0x80) !== 0) return 'a frame from the server has a mask';
    const extra = second === 126 ? 2 : second === 127 ? 8 : 0;
    if (this.#bytes.length < 2 + extra) return 'more';
    const more = Buffer.from(this.#bytes.slice(2, 2 + extra), 'latin1');
    this.#left = extra === 0 ? second : Number(BigInt(`0x${more.toString('hex')}`));
    this.#bytes = this.#bytes.slice(2 + extra);
    this.#isClosed = (first & 0x0f) === 8;
    this.frames++;
    return undefined;
  }
}
