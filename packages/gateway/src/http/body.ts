import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Semaphore } from '@clnrest/bounds';
import { Refusal } from '../refusals.ts';
import { ClientDisconnected } from './client-disconnected.ts';
import { hasBody } from './gateway-request.ts';
import type { Origin } from './origin.ts';
import { limitReached } from './acquire-permit.ts';

/** Limits for one body, and the origin that its bytes count for. */
export interface BodyTools {
  /** The size limit of this body. */
  readonly maxBytes: number;
  /** A permit for each byte of all bodies in memory. */
  readonly permits: Semaphore;
  readonly origin: Origin;
}

/** A body. Its bytes count for its origin until they are released. */
export interface HeldBody {
  readonly bytes: Buffer;
  release(): void;
}

const NOTHING: HeldBody = { bytes: Buffer.alloc(0), release: () => undefined };

/**
 * Reads the body of a request. Throws a {@link Refusal} (`body_too_large`, `content_encoding`,
 * `bad_request`, `busy`) as early as possible, and {@link ClientDisconnected} if the body stays incomplete.
 * The server enforces the time limit.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  tools: BodyTools,
): Promise<HeldBody> {
  if (!hasBody(request)) return NOTHING;
  // A request that was aborted while its rune was checked emits nothing more.
  if (request.destroyed || response.destroyed) throw new ClientDisconnected();
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw Refusal.of('content_encoding', { headers: { 'Accept-Encoding': 'identity' } });
  }
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > tools.maxBytes) throw Refusal.of('body_too_large');
  // RFC 9110, section 10.1.1: the client waits for this before it sends the body.
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = new BodyBuffer(tools);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (error: unknown): void => {
      stop();
      body.release();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      try {
        body.add(chunk);
      } catch (error) {
        fail(error);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve(body);
    };
    const onGone = (): void => fail(new ClientDisconnected());
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** Chunks of any size that a body can have. With more chunks, the average must reach `MIN_CHUNK_BYTES`. */
const MAX_SMALL_CHUNKS = 1_000;
/** A tenth of what the smallest packets in use carry. */
const MIN_CHUNK_BYTES = 50;

/** Collects the chunks of a body. It takes at most twice the memory of the body, whatever the chunk size. */
class BodyBuffer implements HeldBody {
  readonly #tools: BodyTools;
  #buffer: Buffer = NOTHING.bytes;
  #length = 0;
  #chunks = 0;

  constructor(tools: BodyTools) {
    this.#tools = tools;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  add(chunk: Buffer): void {
    const { maxBytes, permits, origin } = this.#tools;
    const length = this.#length + chunk.length;
    if (length > maxBytes) throw Refusal.of('body_too_large');
    if (++this.#chunks > MAX_SMALL_CHUNKS && length < this.#chunks * MIN_CHUNK_BYTES) {
      // A chunk costs much more to read than to send.
      const detail = 'the body arrives in too many small chunks';
      throw Refusal.of('bad_request', { detail, headers: { Connection: 'close' } });
    }
    if (!permits.acquire(origin.key, chunk.length)) throw limitReached(permits, origin, 'bodies');
    if (this.#length === 0) {
      this.#buffer = chunk;
    } else {
      if (length > this.#buffer.length) this.#grow(length);
      chunk.copy(this.#buffer, this.#length);
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
