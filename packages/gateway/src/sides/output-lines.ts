import { StringDecoder } from 'node:string_decoder';

/** Characters of one line; the rest is cut off. */
const MAX_LENGTH = 2_000;

/** Cuts lines out of what a process prints. It holds no more than one line of bounded length. */
export class OutputLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #take: (line: string) => void;
  #line = '';

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(piece: Buffer): void {
    const [first = '', ...others] = this.#decoder.write(piece).split('\n');
    this.#extend(first);
    for (const text of others) {
      this.end();
      this.#extend(text);
    }
  }

  /** The process has ended, or its line has. */
  end(): void {
    const line = this.#line.trimEnd();
    this.#line = '';
    if (line !== '') this.#take(line);
  }

  #extend(text: string): void {
    this.#line += text.slice(0, MAX_LENGTH - this.#line.length);
  }
}
