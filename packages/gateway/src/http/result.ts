import type { ServerResponse } from 'node:http';
import { Readable, type Writable } from 'node:stream';
import type { Semaphore } from '@clnrest/bounds';
import type { MediaType } from '../formats/media-types.ts';
import { ClientDisconnected } from './client-disconnected.ts';
import type { Coding } from './coding.ts';
import { acquireCompressor, type Compressor } from './compressors.ts';
import type { Origin } from './origin.ts';

/** How a result is sent. */
export interface ResultOptions {
  readonly type: MediaType;
  /** The coding of a large result. */
  readonly coding: Coding | undefined;
  /** A permit for each result that is being compressed. */
  readonly compressors: Semaphore;
  /** The origin that the compressor counts for. */
  readonly origin: Origin;
}

/**
 * Sends a result. Small ones that arrived whole are sent in one piece, without a stream.
 *
 * Resolves and rejects like {@link sendStream}.
 */
export async function sendResult(
  result: Buffer | Readable,
  response: ServerResponse,
  options: ResultOptions,
): Promise<void> {
  if (!Buffer.isBuffer(result)) return sendStream(result, response, options);
  if (options.coding !== undefined && result.length > MAX_UNCOMPRESSED_BYTES) {
    return sendStream(streamOf(result), response, options);
  }
  if (response.destroyed) throw new ClientDisconnected();
  sendWhole(result, response, options.type);
  return undefined;
}

/** Returns bytes as a stream of one chunk. */
export function streamOf(bytes: Buffer): Readable {
  return Readable.from([bytes], { objectMode: false });
}

/** Sends the head and the bytes in one write if they are small. */
function sendWhole(bytes: Buffer, response: ServerResponse, type: MediaType): void {
  if (type === 'application/json') replaceLineBreaks(bytes);
  writeHead(response, type, ['Content-Length', String(bytes.length)]);
  // node:http joins a text with the head, but writes a buffer separately. Each byte is one character of Latin-1.
  if (bytes.length > MAX_JOINED_BYTES) response.end(bytes);
  else response.end(bytes.toString('latin1'), 'latin1');
}

/**
 * Sends the bytes of a result as they arrive, neither parsed nor collected. If the client reads slowly, the
 * node waits. A small result is sent whole, with its length.
 *
 * Resolves when all is written. Rejects with the stream's error if the stream fails: then destroy the
 * connection, so that the client does not take an incomplete result for a complete one. Rejects with
 * {@link ClientDisconnected} if the client disconnects.
 */
function sendStream(
  result: Readable,
  response: ServerResponse,
  options: ResultOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    new ResultSender(result, response, options, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    }).start();
  });
}

/** Larger results are not copied to be sent with their head. */
const MAX_JOINED_BYTES = 16_384;
/** Larger results are compressed if the client accepts that. */
const MAX_UNCOMPRESSED_BYTES = 8_192;
/** The longest time that the first bytes are held. */
const HOLD_MS = 100;
/** Time without further bytes after which the compressor is flushed, so that the client gets them. */
const FLUSH_MS = 100;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** Sends one result. It holds the first bytes to find out whether the result is small. */
class ResultSender {
  readonly #result: Readable;
  readonly #response: ServerResponse;
  readonly #options: ResultOptions;
  readonly #settled: (error?: unknown) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The response or the compressor. `undefined` until the head is sent. */
  #output: Writable | undefined;
  #compressor: Compressor | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSettled = false;

  constructor(
    result: Readable,
    response: ServerResponse,
    options: ResultOptions,
    settled: (error?: unknown) => void,
  ) {
    this.#result = result;
    this.#response = response;
    this.#options = options;
    this.#settled = settled;
  }

  start(): void {
    this.#response.on('drain', this.#onDrain).on('close', this.#onClose);
    this.#result.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#fail);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#contain(() => {
      if (this.#options.type === 'application/json') replaceLineBreaks(chunk);
      if (this.#output === undefined) this.#hold(chunk);
      else this.#write(this.#output, chunk);
    });
  };

  /** An exception in a listener or a timer fails this response; uncaught, it would end the process. */
  #contain(run: () => void): void {
    try {
      run();
    } catch (fault) {
      this.#settle(fault);
    }
  }

  #hold(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#options.coding !== undefined) {
      if (this.#heldBytes > MAX_UNCOMPRESSED_BYTES) this.#begin();
      else this.#timer ??= setTimeout(this.#begin, HOLD_MS);
    } else if (this.#held.length > 1) {
      this.#begin();
    } else {
      // The end of a whole small result is emitted before the callback runs.
      setImmediate(this.#begin);
    }
  }

  readonly #begin = (): void => {
    if (!this.#isSettled && this.#output === undefined) this.#contain(() => this.#open());
  };

  #open(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { coding, compressors, origin } = this.#options;
    const compressor = coding && acquireCompressor(compressors, origin, coding);
    if (coding === undefined || compressor === undefined) {
      this.#head([]);
      this.#output = this.#response;
    } else {
      this.#head(['Content-Encoding', coding]);
      this.#output = this.#compress(compressor);
    }
    for (const chunk of this.#held) this.#write(this.#output, chunk);
    this.#held = [];
  }

  #compress(compressor: Compressor): Writable {
    const { stream, flush } = compressor;
    this.#compressor = compressor;
    this.#timer = setTimeout(flush, FLUSH_MS);
    stream.on('drain', this.#onDrain).on('error', this.#fail).on('end', this.#onCompressed);
    // `#onCompressed` ends the response.
    stream.pipe(this.#response, { end: false });
    return stream;
  }

  #head(headers: readonly string[]): void {
    writeHead(this.#response, this.#options.type, headers);
  }

  #write(output: Writable, chunk: Buffer): void {
    if (!output.write(chunk)) this.#result.pause();
    this.#timer?.refresh();
  }

  readonly #onDrain = (): void => {
    // The response can be ready for more while the compressor is not.
    if (this.#output?.writableNeedDrain !== true) this.#result.resume();
  };

  readonly #onEnd = (): void => {
    this.#contain(() => this.#finish());
  };

  #finish(): void {
    if (this.#output === undefined) {
      this.#head(['Content-Length', String(this.#heldBytes)]);
      this.#response.end(this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held));
      this.#settle();
    } else if (this.#compressor === undefined) {
      this.#response.end();
      this.#settle();
    } else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#output.end();
    }
  }

  readonly #onCompressed = (): void => {
    this.#response.end();
    this.#settle();
  };

  readonly #onClose = (): void => {
    this.#settle(new ClientDisconnected());
  };

  readonly #fail = (error: unknown): void => {
    this.#settle(error);
  };

  #settle(error?: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#response.off('drain', this.#onDrain).off('close', this.#onClose);
    // The `error` listener stays: destroying the result can emit an error.
    this.#result.off('data', this.#onData).off('end', this.#onEnd);
    if (error !== undefined) this.#result.destroy();
    this.#compressor?.stream.destroy();
    this.#settled(error);
  }
}

function writeHead(response: ServerResponse, type: MediaType, headers: readonly string[]): void {
  response.writeHead(201, ['Content-Type', type, ...COMMON, ...vary(response), ...headers]);
}

/** Results can hold secrets, which caches must not keep. */
const COMMON = ['Cache-Control', 'no-store'];
const VARY = 'Accept, Accept-Encoding';

/** Adds to the `Vary` that CORS may have set. */
function vary(response: ServerResponse): readonly string[] {
  const before = response.getHeader('Vary');
  return ['Vary', before === undefined ? VARY : `${String(before)}, ${VARY}`];
}

/**
 * Replaces line breaks by spaces, in place: some clients read a single line, and plugins can pretty-print
 * their results. JSON has line breaks only between values.
 */
function replaceLineBreaks(chunk: Buffer): void {
  for (const code of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = chunk.indexOf(code); at !== -1; at = chunk.indexOf(code, at + 1)) {
      chunk[at] = SPACE;
    }
  }
}
