import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { Coding } from './coding.ts';

/**
 * A little compression for little time. Measured on 13 MB of invoices, most of which is hashes: brotli
 * leaves 43 % at 100 MB/s, gzip 45 % at 65 MB/s; their best levels save a hundredth more and take four
 * times as long. Either takes a megabyte of memory.
 */
const GZIP = { level: 3 };
const BROTLI = {
  params: {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: 3,
    [constants.BROTLI_PARAM_LGWIN]: 18,
  },
};

/** What compresses one answer. */
export interface Compressor {
  /** Must be ended or destroyed. */
  readonly stream: Transform;
  /** Lets all out that has been written so far. */
  flush(): void;
}

/** Makes what compresses answers, but no more at once than a limit: each takes memory and time. */
export class Compressors {
  readonly #limit: number;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Nothing if there are enough. */
  open(coding: Coding): Compressor | undefined {
    if (this.#count >= this.#limit) return undefined;
    this.#count++;
    const isGzip = coding === 'gzip';
    const stream = isGzip ? createGzip(GZIP) : createBrotliCompress(BROTLI);
    stream.once('close', () => this.#count--);
    const kind = isGzip ? constants.Z_SYNC_FLUSH : constants.BROTLI_OPERATION_FLUSH;
    return { stream, flush: () => stream.flush(kind) };
  }
}
