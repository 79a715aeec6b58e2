import type { RequestListener, ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { serve, type Served } from './serve.ts';

/** A rune of the manual of createrune, without restrictions. */
export const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

const HELP = ['getinfo', 'invoice amount_msat label description', 'listfunds', 'pay bolt11'];

export const LIST = JSON.stringify({ help: HELP.map((command) => ({ command })) });

/** What a gateway says of an error. */
export function envelope(code: number, message: string): string {
  const error = { code, message };
  return JSON.stringify({ ...error, error });
}

/** Answers with this. */
export function answering(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): RequestListener {
  return (request, response) => {
    request.resume();
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** What the node says of a question about a rune that allows the call. */
export const YES = answering(
  401,
  envelope(1502, 'Not permitted: method is not equal to clnrest-doctor'),
);

export interface ScriptedGateway extends Served {
  /** Every request, `METHOD /path`, and the rune that it showed. */
  readonly asked: readonly { readonly what: string; readonly rune: string | undefined }[];
}

/** A gateway that answers what the test says, and as a healthy one what it does not say. */
export async function gateway(
  answers: Readonly<Record<string, RequestListener>> = {},
  tls?: ServerOptions,
): Promise<ScriptedGateway> {
  const asked: { what: string; rune: string | undefined }[] = [];
  const script: Readonly<Record<string, RequestListener>> = {
    'GET /v1/list-methods': answering(200, LIST),
    'POST /v1/getinfo': YES,
    'GET /v1/notifications': stream,
    'GET /socket.io/': answering(404, ''),
    ...answers,
  };
  const served = await serve((request, response) => {
    const what = `${request.method} ${request.url?.replace(/\?.*/, '')}`;
    const { rune } = request.headers;
    asked.push({ what, rune: rune === undefined ? undefined : String(rune) });
    const answer = script[what] ?? answering(404, envelope(-32601, 'Path not found'));
    answer(request, response);
  }, tls);
  return { ...served, asked };
}

function stream(_: unknown, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 3000\nid: a-1\n: listening\n\n');
}
