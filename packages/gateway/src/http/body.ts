import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { CallerLeft } from './caller-left.ts';

const EMPTY = Buffer.alloc(0);

/** Counts the bytes of all bodies that are held at once. */
export class BodyBudget {
  readonly #limits: Limits;
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  take(bytes: number): void {
    if (this.#held + bytes > this.#limits.bodyBytesAtOnce) throw Refusal.of('busy');
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** A body that counts against a budget until it is released. */
export interface HeldBody {
  readonly bytes: Buffer;
  release(): void;
}

const NOTHING: HeldBody = { bytes: EMPTY, release: () => undefined };

/** Whether the request has a body at all (RFC 9112, section 6.3). */
function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length === undefined ? headers['transfer-encoding'] !== undefined : length !== '0';
}

/**
 * Reads the body of a request. Throws a {@link Refusal} (`body_too_large`, `content_encoding`,
 * `busy`) as soon as that is known, and {@link CallerLeft} if it never arrives whole. How long it may
 * take is the server's business.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
  budget: BodyBudget,
): Promise<HeldBody> {
  if (!hasBody(request)) return NOTHING;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw Refusal.of('content_encoding', { headers: { 'Accept-Encoding': 'identity' } });
  }
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.bodyBytes) throw Refusal.of('body_too_large');
  // Only now is the body wanted (RFC 9110, section 10.1.1).
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const release = (): void => {
      budget.give(bytes);
      bytes = 0;
    };
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (error: unknown): void => {
      stop();
      release();
      reject(error);
    };
    const onData = (piece: Buffer): void => {
      try {
        budget.take(piece.length);
        bytes += piece.length;
        if (bytes > limits.bodyBytes) throw Refusal.of('body_too_large');
        pieces.push(piece);
      } catch (error) {
        fail(error);
      }
    };
    const onEnd = (): void => {
      stop();
      const [only] = pieces;
      const whole = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
      resolve({ bytes: whole, release });
    };
    const onGone = (): void => fail(new CallerLeft());
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}
