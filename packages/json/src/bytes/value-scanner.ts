import { FrameError } from './frame-error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes that can follow a number, `true`, `false` or `null`: white space, `,`, `}`, `]`. */
const endsScalar = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x7d, 0x5d]) endsScalar[byte] = 1;

/** First bytes of numbers, `true`, `false` and `null`. */
const beginsScalar = new Uint8Array(256);
for (const char of '-0123456789tfn') beginsScalar[char.charCodeAt(0)] = 1;

/**
 * Matches everything up to the next bracket, whole strings included. One character decides each
 * alternative, so it takes linear time. It stops before a string that does not end in the text.
 *
 * Measured on 64 KiB pieces of invoices and forwards: 900 and 750 MB/s; a loop over the bytes that
 * searches long strings natively reached 1100 and 650. Under `node --jitless`, where the engine still
 * runs regular expressions natively: 350 and 150 MB/s, and the loop 75 and 31.
 */
const INSIDE = /(?:[^"{}[\]]+|"[^"\\]*(?:\\[^][^"\\]*)*")*/y;

/**
 * Bytes per match. The first window is small, so that a short value in a long buffer costs little more
 * than its length. The last is bounded because the engine stores every step of a match.
 */
const FIRST_WINDOW = 1024;
const MAX_WINDOW = 64 * 1024;

/**
 * Finds the end of one JSON value in bytes that arrive in pieces, split anywhere. It distinguishes
 * scalars, strings and nesting only. Multi-byte UTF-8 sequences contain no ASCII bytes, so the bytes
 * are read as Latin-1, one character each.
 */
export class ValueScanner {
  #phase: 'begin' | 'scalar' | 'inside' = 'begin';
  #inString = false;
  /** The last byte was a backslash in a string: it escapes the next byte. */
  #escaped = false;
  /** The closing byte of each open level. */
  #closers = new Uint8Array(64);
  #depth = 0;

  /** Prepares for another value. */
  reset(): void {
    this.#phase = 'begin';
    this.#inString = false;
    this.#escaped = false;
    this.#depth = 0;
  }

  /**
   * Continues from `from`, which must be the value's first byte at the first call.
   * Returns the index after the value, or -1 if the value continues in the next piece.
   */
  scan(bytes: Buffer, from: number): number {
    if (from >= bytes.length) return -1;
    switch (this.#phase) {
      case 'begin':
        return this.#begin(bytes, from);
      case 'scalar':
        return scanScalar(bytes, from);
      case 'inside':
        return this.#scanInside(bytes, from);
      default:
        return this.#phase satisfies never;
    }
  }

  #begin(bytes: Buffer, from: number): number {
    const first = bytes[from] ?? 0;
    if (beginsScalar[first] === 1) {
      this.#phase = 'scalar';
      return scanScalar(bytes, from);
    }
    this.#phase = 'inside';
    if (first === QUOTE) this.#inString = true;
    else if (isOpen(first)) this.#open(first);
    else throw new FrameError(`a JSON value cannot start with the byte 0x${hex(first)}`);
    return this.#scanInside(bytes, from + 1);
  }

  #scanInside(bytes: Buffer, from: number): number {
    let index = from;
    let size = FIRST_WINDOW;
    while (index < bytes.length) {
      if (this.#inString) {
        index = this.#scanString(bytes, index);
        if (index < 0) return -1;
      } else {
        index += this.#scanWindow(bytes.toString('latin1', index, index + size));
        size = Math.min(size * 4, MAX_WINDOW);
      }
      if (this.#depth === 0 && !this.#inString) return index;
    }
    return -1;
  }

  /** Returns the index of the value's end, after the opening quote of an unfinished string, or of the text's end. */
  #scanWindow(text: string): number {
    let index = 0;
    for (;;) {
      INSIDE.lastIndex = index;
      INSIDE.test(text);
      index = INSIDE.lastIndex;
      if (index >= text.length) return text.length;
      const byte = text.charCodeAt(index++);
      if (byte === QUOTE) {
        this.#inString = true;
        return index;
      }
      if (isOpen(byte)) this.#open(byte);
      else this.#close(byte);
      if (this.#depth === 0) return index;
    }
  }

  /** Returns the index after the closing quote, or -1. `indexOf` searches some 20 GB/s. */
  #scanString(bytes: Buffer, from: number): number {
    let index = from;
    if (this.#escaped) {
      this.#escaped = false;
      index++;
    }
    for (;;) {
      const quote = bytes.indexOf(QUOTE, index);
      const end = quote < 0 ? bytes.length : quote;
      // A backslash before `index` is itself escaped or has escaped its byte.
      let run = end;
      while (run > index && bytes[run - 1] === BACKSLASH) run--;
      const escaped = ((end - run) & 1) === 1;
      if (quote < 0) {
        this.#escaped = escaped;
        return -1;
      }
      index = quote + 1;
      if (!escaped) {
        this.#inString = false;
        return index;
      }
    }
  }

  #open(byte: number): void {
    if (this.#depth === this.#closers.length) {
      const larger = new Uint8Array(this.#closers.length * 2);
      larger.set(this.#closers);
      this.#closers = larger;
    }
    // In ASCII a closing bracket is its opening bracket plus two: { | } and [ \ ].
    this.#closers[this.#depth++] = byte + 2;
  }

  #close(byte: number): void {
    if (this.#depth === 0 || this.#closers[--this.#depth] !== byte) {
      throw new FrameError(`a closing 0x${hex(byte)} without its opening bracket`);
    }
  }
}

function isOpen(byte: number): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function scanScalar(bytes: Buffer, from: number): number {
  let index = from;
  while (index < bytes.length && endsScalar[bytes[index] as number] === 0) index++;
  return index < bytes.length ? index : -1;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
