import { ClnrestError } from '../errors.ts';
import type {
  Transport,
  TransportAnswer,
  TransportRequest,
  TransportSettings,
} from './transport.ts';

/**
 * Browsers, and whatever else has `fetch`.
 *
 * @throws {ClnrestError} `invalid_request` where there is a `ca`: whom a browser trusts is told to the browser
 */
export function openTransport({ ca }: TransportSettings): Transport {
  if (ca !== undefined) {
    const words = 'A browser takes no `ca` from a page: install it in the browser, or the system';
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
    throw failure(whyUnanswered(url), cause);
  }
  return {
    // A redirect that was not followed is shown to pages without its status.
    status: response.type === 'opaqueredirect' ? 302 : response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: read(response.body),
  };
}

/** A browser does not tell a server that is away from one that answers other pages than this. */
function whyUnanswered({ origin }: URL): string {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  const isOwn = location?.origin === origin;
  return `No connection to the server${isOwn ? '' : ', or it does not allow this page (CORS)'}`;
}

async function* read(body: Response['body']): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw failure('The connection broke before the whole answer was there', cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Has no effect behind the end, and fails only where reading has failed.
    reader.cancel().catch(() => undefined);
  }
}

/** Pages are not told more than that: the request may have arrived. */
function failure(message: string, cause: unknown): ClnrestError {
  return new ClnrestError('connection_failed', message, { cause });
}
