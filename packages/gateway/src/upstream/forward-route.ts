import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { addressKey } from '../http/address.ts';
import { ClientDisconnected } from '../http/client-disconnected.ts';
import type { DisconnectSignals } from '../http/disconnect-signals.ts';
import { hasBody } from '../http/gateway-request.ts';
import { readRuneHeader } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import { isMethodName } from '../node/method-name.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import { Refusal } from '../refusals.ts';
import { targetOf } from '../routing/path-table.ts';
import type { RequestContext, Route } from '../routing/route.ts';
import type { UpstreamClient } from './upstream-client.ts';

/** Dependencies of {@link forwardRoute}. */
export interface ForwardTools {
  readonly client: UpstreamClient;
  readonly limits: Pick<Limits, 'bodyBytes'>;
  readonly proxies: TrustedProxies;
  readonly disconnects: DisconnectSignals;
}

/** Headers of a request that have a meaning for a command. All others end here. */
const REQUEST_HEADERS = ['content-type', 'content-encoding', 'accept', 'accept-encoding', 'filter'];
/** Headers of a response that belong to its body or its status. */
const RESPONSE_HEADERS = [
  'content-type',
  'content-length',
  'content-encoding',
  'retry-after',
  'www-authenticate',
  'allow',
  'accept-encoding',
  'vary',
  'cache-control',
];
/** Errors of the system before a connection is open: nothing was sent. */
const NOT_CONNECTED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/;

/**
 * `POST /v1/<method>` on a gateway without the node's socket: the other gateway gets the request with the caller's rune, and
 * checks it. Nothing is sent twice. If the connection breaks, it is unknown whether the command ran.
 */
export function forwardRoute(tools: ForwardTools): Route {
  return async ({ request, response, captures }) => {
    const method = captures['*'];
    if (method === undefined || !isMethodName(method)) throw Refusal.of('impossible_method');
    await forward(`/v1/${method}`, readRuneHeader(request), { request, response }, tools);
  };
}

/**
 * All paths that this gateway does not serve itself, such as registered ones: the other gateway gets the request with its query
 * and with the rune, if it has one. What that gateway does not serve either, it refuses.
 */
export function forwardPath(tools: ForwardTools): Route {
  return async ({ request, response }) => {
    const { rune } = request.headers;
    const [target = '/'] = targetOf(request.url ?? '').split('#');
    await forward(
      target,
      rune === undefined ? undefined : String(rune),
      { request, response },
      tools,
    );
  };
}

async function forward(
  target: string,
  rune: string | undefined,
  { request, response }: Pick<RequestContext, 'request' | 'response'>,
  tools: ForwardTools,
): Promise<void> {
  if (Number(request.headers['content-length']) > tools.limits.bodyBytes) {
    throw Refusal.of('body_too_large');
  }
  const signal = tools.disconnects.signalOf(request.socket);
  const headers = {
    ...pick(request.headers, REQUEST_HEADERS),
    ...(rune !== undefined && { rune }),
    ...forwardedFor(request, tools),
  };
  if (request.headers.expect !== undefined) response.writeContinue();
  const answer = await send(target, { request, headers, signal }, tools);
  if (response.destroyed) throw new ClientDisconnected();
  writeHead(response, answer);
  try {
    await pipeline(answer, response);
  } catch (cause) {
    throw signal.aborted ? new ClientDisconnected() : Refusal.of('node_broke_off', { cause });
  }
}

interface Sent {
  readonly request: IncomingMessage;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function send(
  target: string,
  { request, headers, signal }: Sent,
  { client, limits }: ForwardTools,
): Promise<IncomingMessage> {
  const length = request.headers['content-length'];
  const upstream = client.request(target, {
    method: request.method,
    headers: hasBody(request)
      ? { ...headers, ...(length === undefined ? {} : { 'content-length': length }) }
      : { ...headers, 'content-length': '0' },
    signal,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.on('response', resolve).on('error', reject);
  });
  try {
    if (!hasBody(request)) upstream.end();
    // The upstream gateway can respond, and refuse, before the body has arrived.
    else await Promise.race([pipeline(request, limited(limits.bodyBytes), upstream), answered]);
    return await answered;
  } catch (cause) {
    answered.catch(() => undefined);
    upstream.destroy();
    throw failureOf(cause, signal);
  }
}

function failureOf(cause: unknown, signal: AbortSignal): unknown {
  if (cause instanceof Refusal) return cause;
  // Why the connection or the gateway ends.
  if (signal.aborted) return signal.reason;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return Refusal.of(NOT_CONNECTED.test(code) ? 'node_away' : 'node_broke_off', { cause });
}

/** Passes a body on, up to a number of bytes. */
function limited(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > maxBytes) done(Refusal.of('body_too_large'));
      else done(null, piece);
    },
  });
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

/** The address of the client, which the upstream gateway uses if it trusts this one. */
function forwardedFor(
  { headers, socket }: IncomingMessage,
  { proxies }: ForwardTools,
): Readonly<Record<string, string>> {
  const { remoteAddress = '' } = socket;
  const client = proxies.clientOf(remoteAddress, String(headers['x-forwarded-for'] ?? ''));
  return addressKey(client) === '' ? {} : { 'x-forwarded-for': client };
}

function writeHead(response: ServerResponse, answer: IncomingMessage): void {
  const headers = pick(answer.headers, RESPONSE_HEADERS);
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') response.appendHeader('Vary', value);
    else response.setHeader(name, value);
  }
  response.writeHead(answer.statusCode ?? 502);
}
