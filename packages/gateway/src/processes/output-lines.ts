import { StringDecoder } from 'node:string_decoder';

/** Characters of one line. The rest is dropped. */
const MAX_LENGTH = 2_000;

/** Splits the output of a process into lines. It holds at most one line of bounded length. */
export class OutputLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #line = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const [first = '', ...others] = this.#decoder.write(chunk).split('\n');
    this.#extend(first);
    for (const text of others) {
      this.end();
      this.#extend(text);
    }
  }

  /** Ends the line: at a line break, or when the process ends. */
  end(): void {
    const line = this.#line.trimEnd();
    this.#line = '';
    if (line !== '') this.#onLine(line);
  }

  #extend(text: string): void {
    this.#line += text.slice(0, MAX_LENGTH - this.#line.length);
  }
}
