import { constants } from 'node:buffer';
import { TransportError } from './errors.ts';
import { nodeError } from './node-error.ts';
import type { ReplyReceiver } from './connection.ts';

/** Buffers the whole result and returns it as one text. */
export class TextReceiver implements ReplyReceiver {
  readonly text: Promise<string>;
  readonly #parse: (text: string) => unknown;
  readonly #tooLarge: () => void;
  #resolve: (text: string) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** `tooLarge` is called when the result no longer fits into a string. */
  constructor(parse: (text: string) => unknown, tooLarge: () => void) {
    this.#parse = parse;
    this.#tooLarge = tooLarge;
    this.text = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resultBytes(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes > constants.MAX_STRING_LENGTH) {
      this.#pieces = [];
      this.#tooLarge();
    }
  }

  pieceEnd(): boolean {
    return true;
  }

  replied(errorText: string | undefined): void {
    if (errorText !== undefined) {
      this.#reject(nodeError(errorText, this.#parse));
      return;
    }
    this.#resolve(joinText(this.#pieces, this.#bytes));
  }

  failed(error: unknown): void {
    this.#pieces = [];
    this.#reject(error);
  }
}

/** Decodes pieces that can be split inside a character. */
export function joinText(pieces: readonly Buffer[], bytes: number): string {
  const [first] = pieces;
  const whole = first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces, bytes);
  return whole.toString('utf8');
}

/** The error for a result that does not fit into a string. */
export function tooLarge(method: string): TransportError {
  return new TransportError(
    'too_large',
    `the result of ${method} is longer than a string can be (${constants.MAX_STRING_LENGTH}): read it with callStream`,
  );
}
