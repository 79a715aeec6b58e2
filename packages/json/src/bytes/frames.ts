import { FrameError } from './frame-error.ts';
import { ValueScanner } from './value-scanner.ts';

/** Limits of {@link JsonFrames}. */
export interface JsonFramesOptions {
  /** The longest object, in bytes; longer ones are rejected. V8's longest string by default. */
  readonly maxBytes?: number;
}

/**
 * Splits a byte stream into JSON objects, regardless of how the stream is split into pieces. White
 * space between objects is optional.
 *
 * Looks at brackets and strings only, so a JSON parser must validate each text.
 *
 * @example
 * ```ts
 * import { JsonFrames } from '@clnrest/json/bytes';
 * const frames = new JsonFrames();
 * frames.push(Buffer.from('{"id":1}\n\n{"i')) // => ['{"id":1}']
 * frames.unfinished // => true
 * frames.push(Buffer.from('d":2}{"id":3}')) // => ['{"id":2}', '{"id":3}']
 * frames.unfinished // => false
 * ```
 */
export class JsonFrames {
  readonly #values = new ValueScanner();
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #inside = false;

  constructor(options: JsonFramesOptions = {}) {
    // V8's longest string: a longer object could not be returned.
    this.#maxBytes = options.maxBytes ?? 0x1fff_ffe8;
  }

  /** Whether an object has started but not ended. */
  get unfinished(): boolean {
    return this.#inside;
  }

  /**
   * Adds a piece and returns the texts of the objects that it completes. Throws a FrameError if the
   * bytes are not objects; the rest of the stream is then unreadable.
   */
  push(piece: Uint8Array): string[] {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const texts: string[] = [];
    let index = 0;
    while (index < bytes.length) {
      const byte = bytes[index];
      if (!this.#inside) {
        if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
          index++;
          continue;
        }
        if (byte !== 0x7b) throw new FrameError('expected a JSON object');
        this.#inside = true;
        this.#values.reset();
      }
      const end = this.#values.scan(bytes, index);
      this.#keep(bytes.subarray(index, end < 0 ? bytes.length : end));
      if (end < 0) break;
      texts.push(this.#take());
      index = end;
    }
    return texts;
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) {
      throw new FrameError(`an object longer than ${this.#maxBytes} bytes`);
    }
    this.#pieces.push(piece);
  }

  #take(): string {
    const [first] = this.#pieces;
    const whole =
      first !== undefined && this.#pieces.length === 1
        ? first
        : Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    this.#inside = false;
    return whole.toString('utf8');
  }
}
