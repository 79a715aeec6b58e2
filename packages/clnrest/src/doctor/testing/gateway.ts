import type { RequestListener, ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { envelope, respondWith, serve, type TestServer } from '@clnrest/testing/serve';

/** The unrestricted rune of createrune's manual. */
export const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

const HELP = ['getinfo', 'invoice amount_msat label description', 'listfunds', 'pay bolt11'];

export const LIST = JSON.stringify({ help: HELP.map((command) => ({ command })) });

/** Sends the node's response to a dry run of a rune that allows the call. */
export const ALLOWED = respondWith(
  401,
  envelope(1502, 'Not permitted: method is not equal to clnrest-doctor'),
);

/** A gateway with scripted responses. */
export interface FakeGateway extends TestServer {
  /** Every request, as `METHOD /path`, with its rune. */
  readonly requests: readonly { readonly route: string; readonly rune: string | undefined }[];
}

/** Starts a gateway with the given responses, and by default those of a healthy one. */
export async function startGateway(
  handlers: Readonly<Record<string, RequestListener>> = {},
  tls?: ServerOptions,
): Promise<FakeGateway> {
  const requests: { route: string; rune: string | undefined }[] = [];
  const script: Readonly<Record<string, RequestListener>> = {
    'GET /v1/list-methods': respondWith(200, LIST),
    'POST /v1/getinfo': ALLOWED,
    'GET /v1/notifications': sendStream,
    'GET /socket.io/': respondWith(404, ''),
    ...handlers,
  };
  const server = await serve((request, response) => {
    const route = `${request.method} ${request.url?.replace(/\?.*/, '')}`;
    const { rune } = request.headers;
    requests.push({ route, rune: rune === undefined ? undefined : String(rune) });
    const handle = script[route] ?? respondWith(404, envelope(-32601, 'Path not found'));
    handle(request, response);
  }, tls);
  return { ...server, requests };
}

function sendStream(_: unknown, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 3000\nid: a-1\n: listening\n\n');
}
