import { FrameError } from './frame-error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What a byte outside of strings means to us; most mean nothing. */
const KIND = { nothing: 0, quote: 1, open: 2, close: 3 } as const;
const kinds = new Uint8Array(256);
kinds[QUOTE] = KIND.quote;
kinds[0x7b] = KIND.open; // {
kinds[0x5b] = KIND.open; // [
kinds[0x7d] = KIND.close; // }
kinds[0x5d] = KIND.close; // ]

/** Bytes that can follow a number, `true`, `false` or `null`: white space, `,`, `}`, `]`. */
const endsScalar = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x7d, 0x5d]) endsScalar[byte] = 1;

/** First bytes of numbers, `true`, `false` and `null`. */
const beginsScalar = new Uint8Array(256);
for (const char of '-0123456789tfn') beginsScalar[char.charCodeAt(0)] = 1;

/**
 * Up to this length a string is walked byte by byte, beyond it the engine's own search takes over.
 * Measured over invoices, forwards and one huge string: the walk alone reaches 850, 730 and 950
 * MB/s, the search alone 1450, 570 and 24000, both together 1380, 700 and 24000. Without a JIT
 * (`node --jitless`) the search is all the more worth it: 46 against 89 MB/s.
 */
const WALKED = 24;

/**
 * Finds the end of one JSON value in bytes that come in pieces, cut anywhere. Numbers, strings and
 * the nesting are told apart; bytes of UTF-8 sequences never look like any of JSON's own.
 */
export class ValueScanner {
  #phase: 'begin' | 'scalar' | 'inside' = 'begin';
  #inString = false;
  /** The last byte was a backslash in a string: whatever comes next belongs to it. */
  #escaped = false;
  #depth = 0;
  /** The closing byte that each open level waits for. */
  #closers = new Uint8Array(64);

  /** Makes ready for another value. */
  reset(): void {
    this.#phase = 'begin';
    this.#inString = false;
    this.#escaped = false;
    this.#depth = 0;
  }

  /**
   * Goes on from `from`, which must be the value's first byte at the first call.
   * Returns the index just behind the value, or -1 if it goes on in the next piece.
   */
  scan(bytes: Uint8Array, from: number): number {
    if (from >= bytes.length) return -1;
    if (this.#phase === 'begin') {
      const first = bytes[from] ?? 0;
      if (beginsScalar[first] === 1) {
        this.#phase = 'scalar';
      } else if (kinds[first] === KIND.quote || kinds[first] === KIND.open) {
        this.#phase = 'inside';
      } else {
        throw new FrameError(`no JSON value can begin with the byte 0x${hex(first)}`);
      }
    }
    return this.#phase === 'scalar' ? scanScalar(bytes, from) : this.#scanInside(bytes, from);
  }

  /**
   * The hot loop: everything else in this package that looks at a reply's bytes is done once a reply.
   * State lives in locals while it runs.
   */
  #scanInside(bytes: Uint8Array, from: number): number {
    const length = bytes.length;
    let index = from;
    let inString = this.#inString;
    if (this.#escaped) {
      this.#escaped = false;
      index++;
    }
    while (index < length) {
      if (inString) {
        let byte = 0;
        const walkEnd = index + WALKED < length ? index + WALKED : length;
        while (index < walkEnd && (byte = bytes[index] as number) !== QUOTE && byte !== BACKSLASH) {
          index++;
        }
        if (index < walkEnd) {
          if (byte === QUOTE) {
            index++;
            inString = false;
          } else {
            index += 2;
          }
        } else if (index < length) {
          const quote = bytes.indexOf(QUOTE, index);
          const end = quote < 0 ? length : quote;
          // The byte before `index` is no backslash, or one that is used up: the walk saw to that.
          let run = end;
          while (run > index && bytes[run - 1] === BACKSLASH) run--;
          const escaped = ((end - run) & 1) === 1;
          if (quote >= 0) {
            index = quote + 1;
            inString = escaped;
          } else {
            index = escaped ? length + 1 : length;
          }
        }
        if (!inString && this.#depth === 0) return index;
      } else {
        let kind = 0;
        while (index < length && (kind = kinds[bytes[index] as number] as number) === 0) index++;
        if (index < length) {
          const byte = bytes[index] as number;
          index++;
          if (kind === KIND.quote) {
            inString = true;
          } else if (kind === KIND.open) {
            this.#open(byte);
          } else {
            this.#close(byte);
            if (this.#depth === 0) return index;
          }
        }
      }
    }
    // One beyond the end: the piece was cut between a backslash and what it escapes.
    this.#escaped = index > length;
    this.#inString = inString;
    return -1;
  }

  #open(byte: number): void {
    if (this.#depth === this.#closers.length) {
      const larger = new Uint8Array(this.#closers.length * 2);
      larger.set(this.#closers);
      this.#closers = larger;
    }
    // In ASCII the closing bracket stands two behind the opening one: { | } and [ \ ].
    this.#closers[this.#depth++] = byte + 2;
  }

  #close(byte: number): void {
    if (this.#depth === 0 || this.#closers[--this.#depth] !== byte) {
      throw new FrameError(`a closing 0x${hex(byte)} that nothing opened`);
    }
  }
}

function scanScalar(bytes: Uint8Array, from: number): number {
  let index = from;
  while (index < bytes.length && endsScalar[bytes[index] as number] === 0) index++;
  return index < bytes.length ? index : -1;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
