import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TrustedProxies } from '../options/trusted-proxies.ts';

/** Ids that proxies use, such as UUIDs. Other characters could make a log line look like two. */
const VALID_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Gives each request an id, which is in the response (`X-Request-Id`) and in each log line about the request. A trusted proxy
 * can name its requests itself, so that its log and the gateway's can be joined.
 */
export class RequestIds {
  readonly #ids = new WeakMap<IncomingMessage, string>();
  readonly #proxies: TrustedProxies;
  /** Another one for each process, so that ids do not repeat after a restart. */
  readonly #prefix = randomBytes(3).toString('hex');
  #count = 0;

  constructor(proxies: TrustedProxies) {
    this.#proxies = proxies;
  }

  /** The id of a request; always the same for one request. */
  of(request: IncomingMessage): string {
    let id = this.#ids.get(request);
    if (id === undefined) {
      id = this.#given(request) ?? this.next();
      this.#ids.set(request, id);
    }
    return id;
  }

  /** An id for input that is not a request. */
  next(): string {
    return `${this.#prefix}-${(++this.#count).toString(36)}`;
  }

  #given({ headers, socket }: IncomingMessage): string | undefined {
    const id = headers['x-request-id'];
    return typeof id === 'string' &&
      VALID_ID.test(id) &&
      this.#proxies.includes(socket.remoteAddress ?? '')
      ? id
      : undefined;
  }
}
