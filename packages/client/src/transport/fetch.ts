import { ClnrestError } from '../errors.ts';
import type {
  Transport,
  TransportAnswer,
  TransportRequest,
  TransportSettings,
} from './transport.ts';

/**
 * Transport over `fetch`, for browsers and other runtimes.
 *
 * @throws {ClnrestError} `invalid_request` for a `ca`, since pages cannot choose certificate authorities
 */
export function openTransport({ ca }: TransportSettings): Transport {
  if (ca !== undefined) {
    const words = '`ca` is not supported in browsers: import it in the browser or the system';
    throw new ClnrestError('invalid_request', words);
  }
  return { send, close: () => undefined };
}

async function send({
  method,
  url,
  headers,
  body,
  signal,
}: TransportRequest): Promise<TransportAnswer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      ...(body === undefined ? {} : { body }),
    });
  } catch (cause) {
    throw connectionFailed(unreachableMessage(url), cause);
  }
  return {
    // Pages see the status 0 of a redirect that was not followed.
    status: response.type === 'opaqueredirect' ? 302 : response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: read(response.body),
  };
}

/** Browsers report an unreachable server and a CORS failure in the same way. */
function unreachableMessage({ origin }: URL): string {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  const isOwn = location?.origin === origin;
  return `Cannot connect to the server${isOwn ? '' : ', or it does not allow this page (CORS)'}`;
}

async function* read(body: Response['body']): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw connectionFailed('The connection broke before the response was complete', cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Has no effect after the end, and fails only if reading has failed.
    reader.cancel().catch(() => undefined);
  }
}

/** Browsers give no details, so that the request may have arrived. */
function connectionFailed(message: string, cause: unknown): ClnrestError {
  return new ClnrestError('connection_failed', message, { cause });
}
