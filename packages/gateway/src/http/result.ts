import type { ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import type { Semaphore } from '@clnrest/bounds';
import type { MediaType } from '../formats/media-types.ts';
import { CallerLeft } from './caller-left.ts';
import type { Coding } from './coding.ts';
import { acquireCompressor, type Compressor } from './compressors.ts';
import type { Origin } from './origin.ts';

/** How a result is answered. */
export interface AnswerForm {
  readonly type: MediaType;
  /** How it is compressed, if it is large. */
  readonly coding: Coding | undefined;
  /** Limits how many answers are compressed at once. */
  readonly compressors: Semaphore;
  /** Whom the answer counts for. */
  readonly origin: Origin;
}

/**
 * Answers with the bytes of a result as they come: they are neither parsed nor collected, and while the
 * caller reads slowly the node waits. A small result goes out in one piece with its length.
 *
 * Resolves when all is written. Rejects with the stream's error if it breaks off, and then the
 * connection must be cut, so that what arrived does not pass for the whole; with {@link CallerLeft}
 * if the caller leaves.
 */
export function sendResult(
  result: Readable,
  response: ServerResponse,
  form: AnswerForm,
): Promise<void> {
  return new Promise((resolve, reject) => {
    new Sending(result, response, form, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    }).start();
  });
}

/** More than this is compressed if the caller likes. Less goes out as it is, and in no time. */
const SMALL_BYTES = 8_192;
/** After so long it is begun with what there is, … */
const HOLD_MS = 100;
/** … and after so long without more what has been compressed goes out, so that nobody waits for it. */
const FLUSH_MS = 100;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** A result on its way. It is held until it is known whether there is more of it than is held. */
class Sending {
  readonly #result: Readable;
  readonly #response: ServerResponse;
  readonly #form: AnswerForm;
  readonly #settled: (error?: unknown) => void;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Where the pieces go, once it has begun. */
  #to: Writable | undefined;
  #compressor: Compressor | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSettled = false;

  constructor(
    result: Readable,
    response: ServerResponse,
    form: AnswerForm,
    settled: (error?: unknown) => void,
  ) {
    this.#result = result;
    this.#response = response;
    this.#form = form;
    this.#settled = settled;
  }

  start(): void {
    this.#response.on('drain', this.#onDrain).on('close', this.#onClose);
    this.#result.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#fail);
  }

  readonly #onData = (piece: Buffer): void => {
    this.#contain(() => {
      if (this.#form.type === 'application/json') unbreak(piece);
      if (this.#to === undefined) this.#hold(piece);
      else this.#write(this.#to, piece);
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

  #hold(piece: Buffer): void {
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#form.coding !== undefined) {
      if (this.#heldBytes > SMALL_BYTES) this.#begin();
      else this.#timer ??= setTimeout(this.#begin, HOLD_MS);
    } else if (this.#held.length > 1) {
      this.#begin();
    } else {
      // If this is all, the end comes before anything else does.
      setImmediate(this.#begin);
    }
  }

  readonly #begin = (): void => {
    if (!this.#isSettled && this.#to === undefined) this.#contain(() => this.#open());
  };

  #open(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { coding, compressors, origin } = this.#form;
    const compressor = coding && acquireCompressor(compressors, origin, coding);
    if (coding === undefined || compressor === undefined) {
      this.#head([]);
      this.#to = this.#response;
    } else {
      this.#head(['Content-Encoding', coding]);
      this.#to = this.#compress(compressor);
    }
    for (const piece of this.#held) this.#write(this.#to, piece);
    this.#held = [];
  }

  #compress(compressor: Compressor): Writable {
    const { stream, flush } = compressor;
    this.#compressor = compressor;
    this.#timer = setTimeout(flush, FLUSH_MS);
    stream.on('drain', this.#onDrain).on('error', this.#fail).on('end', this.#onCompressed);
    // Keeps the pace of the response; the end is ours to tell.
    stream.pipe(this.#response, { end: false });
    return stream;
  }

  #head(headers: readonly string[]): void {
    const response = this.#response;
    const { type } = this.#form;
    response.writeHead(201, ['Content-Type', type, ...COMMON, ...vary(response), ...headers]);
  }

  #write(to: Writable, piece: Buffer): void {
    if (!to.write(piece)) this.#result.pause();
    this.#timer?.refresh();
  }

  readonly #onDrain = (): void => {
    // The response may want more while what compresses for it does not.
    if (this.#to?.writableNeedDrain !== true) this.#result.resume();
  };

  readonly #onEnd = (): void => {
    this.#contain(() => this.#finish());
  };

  #finish(): void {
    if (this.#to === undefined) {
      this.#head(['Content-Length', String(this.#heldBytes)]);
      this.#response.end(this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held));
      this.#settle();
    } else if (this.#compressor === undefined) {
      this.#response.end();
      this.#settle();
    } else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#to.end();
    }
  }

  readonly #onCompressed = (): void => {
    this.#response.end();
    this.#settle();
  };

  readonly #onClose = (): void => {
    this.#settle(new CallerLeft());
  };

  readonly #fail = (error: unknown): void => {
    this.#settle(error);
  };

  #settle(error?: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#response.off('drain', this.#onDrain).off('close', this.#onClose);
    // Errors are listened for on: one may come while the result is being destroyed.
    this.#result.off('data', this.#onData).off('end', this.#onEnd);
    if (error !== undefined) this.#result.destroy();
    this.#compressor?.stream.destroy();
    this.#settled(error);
  }
}

/** Results hold what nobody else should keep. */
const COMMON = ['Cache-Control', 'no-store'];
const VARY = 'Accept, Accept-Encoding';

/** What the answer depends on, beside what has been said already: the origin, to some. */
function vary(response: ServerResponse): readonly string[] {
  const before = response.getHeader('Vary');
  return ['Vary', before === undefined ? VARY : `${String(before)}, ${VARY}`];
}

/**
 * Makes line ends spaces, in place: some clients read one line only, and results of plugins may be
 * pretty-printed. In JSON they can only stand between values.
 */
function unbreak(piece: Buffer): void {
  for (const code of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = piece.indexOf(code); at !== -1; at = piece.indexOf(code, at + 1)) {
      piece[at] = SPACE;
    }
  }
}
