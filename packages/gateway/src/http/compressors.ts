import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { Semaphore } from '@clnrest/bounds';
import type { Coding } from './coding.ts';
import type { Origin } from './origin.ts';

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

/**
 * Acquires what compresses an answer, which is released when its stream closes: each takes memory and
 * time. Nothing if the origin has its share already, or if none is free.
 */
export function acquireCompressor(
  permits: Semaphore,
  { key }: Origin,
  coding: Coding,
): Compressor | undefined {
  if (!permits.acquire(key)) return undefined;
  const isGzip = coding === 'gzip';
  const stream = isGzip ? createGzip(GZIP) : createBrotliCompress(BROTLI);
  stream.once('close', () => permits.release(key));
  const kind = isGzip ? constants.Z_SYNC_FLUSH : constants.BROTLI_OPERATION_FLUSH;
  return { stream, flush: () => stream.flush(kind) };
}
