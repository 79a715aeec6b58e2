import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Semaphore } from '@clnrest/bounds';
import { Refusal } from '../errors.ts';
import { CallerLeft } from './caller-left.ts';
import { hasBody } from './gateway-request.ts';
import type { Origin } from './origin.ts';
import { busy } from './permits.ts';

/** What bodies may take, and whom one body counts for. */
export interface BodyTools {
  /** Bytes of this body. */
  readonly maxBytes: number;
  /** Bytes of all bodies that are held at once. */
  readonly permits: Semaphore;
  readonly origin: Origin;
}

/** A body whose bytes count for its origin until they are released. */
export interface HeldBody {
  readonly bytes: Buffer;
  release(): void;
}

const NOTHING: HeldBody = { bytes: Buffer.alloc(0), release: () => undefined };

/**
 * Reads the body of a request. Throws a {@link Refusal} (`body_too_large`, `content_encoding`,
 * `bad_request`, `busy`) as soon as that is known, and {@link CallerLeft} if it never arrives whole.
 * How long it may take is the server's business.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  tools: BodyTools,
): Promise<HeldBody> {
  if (!hasBody(request)) return NOTHING;
  // A request that was aborted while its rune was checked emits nothing more.
  if (request.destroyed || response.destroyed) throw new CallerLeft();
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw Refusal.of('content_encoding', { headers: { 'Accept-Encoding': 'identity' } });
  }
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > tools.maxBytes) throw Refusal.of('body_too_large');
  // Only now is the body wanted (RFC 9110, section 10.1.1).
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = new Pieces(tools);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (error: unknown): void => {
      stop();
      body.release();
      reject(error);
    };
    const onData = (piece: Buffer): void => {
      try {
        body.add(piece);
      } catch (error) {
        fail(error);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve(body);
    };
    const onGone = (): void => fail(new CallerLeft());
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** So many pieces may be as small as they like, … */
const SMALL_PIECES = 1_000;
/** … then they must have so many bytes on average. The smallest packets in use carry ten times that. */
const PIECE_BYTES = 50;

/** A body in the making. However small its pieces are, it takes no more than twice its bytes. */
class Pieces implements HeldBody {
  readonly #tools: BodyTools;
  #buffer: Buffer = NOTHING.bytes;
  #length = 0;
  #pieces = 0;

  constructor(tools: BodyTools) {
    this.#tools = tools;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  add(piece: Buffer): void {
    const { maxBytes, permits, origin } = this.#tools;
    const length = this.#length + piece.length;
    if (length > maxBytes) throw Refusal.of('body_too_large');
    if (++this.#pieces > SMALL_PIECES && length < this.#pieces * PIECE_BYTES) {
      // Each chunk costs far more to read than to send.
      const detail = 'the body comes in too many small pieces';
      throw Refusal.of('bad_request', { detail, headers: { Connection: 'close' } });
    }
    if (!permits.acquire(origin.key, piece.length)) throw busy(permits, origin, 'bodies');
    if (this.#length === 0) {
      this.#buffer = piece;
    } else {
      if (length > this.#buffer.length) this.#grow(length);
      piece.copy(this.#buffer, this.#length);
    }
    this.#length = length;
  }

  release(): void {
    const { permits, origin } = this.#tools;
    permits.release(origin.key, this.#length);
    this.#buffer = NOTHING.bytes;
    this.#length = 0;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
