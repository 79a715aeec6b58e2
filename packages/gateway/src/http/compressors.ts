import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { Semaphore } from '@clnrest/bounds';
import type { Coding } from './coding.ts';
import type { Origin } from './origin.ts';

/**
 * Fast levels. Measured on 13 MB of invoices, which are mostly hashes: brotli compresses to 43 % at
 * 100 MB/s, gzip to 45 % at 65 MB/s. The best levels save one percent more and take four times as long.
 * Each compressor takes a megabyte of memory.
 */
const GZIP = { level: 3 };
const BROTLI = {
  params: {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: 3,
    [constants.BROTLI_PARAM_LGWIN]: 18,
  },
};

/** Compresses one response. */
export interface Compressor {
  /** The caller must end or destroy it. */
  readonly stream: Transform;
  /** Emits all that has been written so far. */
  flush(): void;
}

/**
 * Acquires a permit for a compressor, because each takes memory and processor time. The permit is released
 * when the compressor's stream closes. Returns `undefined` if the origin holds its share, or if no permit
 * is free.
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
