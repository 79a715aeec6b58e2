import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket as EngineSocket } from 'engine.io';
import { Refusal } from '../refusals.ts';
import type { Origins } from '../options/origins.ts';

/** The revision of Engine.IO's protocol that Socket.IO 3 and 4 speak. Socket.IO 2 sends `EIO=3`. */
const REVISION = '4';
/** Parameters that Engine.IO reads. Repeated ones are ambiguous, because a proxy can read another value. */
const PARAMETERS = ['EIO', 'transport', 'sid'] as const;

/** RFC 6455, section 4.1, as the library `ws` checks it. Its own refusals have no error envelope. */
const WEBSOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;
const WEBSOCKET_VERSIONS: ReadonlySet<string> = new Set(['8', '13']);
const PRINTABLE = /^[\t -~]*$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Members of an Engine.IO socket that its types hide. */
interface EngineSocketInternals {
  readonly upgrading: boolean;
  readonly transport: {
    readonly name: string;
    /** The pending GET request, which waits for messages, and the pending POST request. Polling only. */
    readonly req?: object | null;
    readonly dataReq?: object | null;
  };
}

/** What a request is checked against. */
export interface EngineState {
  readonly origins: Origins;
  /** The maximum size of one body. */
  readonly maxBodyBytes: number;
  /** The open session with this id. */
  session(id: string): EngineSocket | undefined;
}

/** A request that Engine.IO accepts. */
export interface EngineRequest {
  /** The parsed query, which Engine.IO expects as a member of the request. */
  readonly query: Readonly<Record<string, string>>;
  /** The session that the request belongs to; undefined for a handshake. */
  readonly session: EngineSocket | undefined;
}

/**
 * A session has two pending GET requests, or two pending POST requests. Engine.IO's protocol requires that
 * the server then closes the session.
 */
export class OverlappingRequests extends Error {
  readonly session: EngineSocket;
  readonly refusal = Refusal.of('engine_request', {
    detail: 'concurrent requests for one session',
  });

  constructor(session: EngineSocket) {
    super('overlapping requests');
    this.session = session;
  }
}

/**
 * Checks a polling request before Engine.IO receives it, because Engine.IO's own refusals have no error
 * envelope and no log line. Throws a {@link Refusal} or {@link OverlappingRequests}.
 */
export function checkPolling(request: IncomingMessage, state: EngineState): EngineRequest {
  const { query, sid } = readQuery(request, 'polling', state.origins);
  if (sid === undefined) {
    if (request.method !== 'GET') {
      throw Refusal.of('engine_request', { detail: 'the first request of a session must be GET' });
    }
    return { query, session: undefined };
  }
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw Refusal.of('engine_request', { detail: 'the HTTP method must be GET or POST' });
  }
  const session = findSession(sid, state);
  const { transport } = internalsOf(session);
  if (transport.name !== 'polling') {
    throw Refusal.of('engine_request', { detail: 'the session was upgraded to websocket' });
  }
  if (request.method === 'POST') checkBody(request.headers, state);
  const pending = request.method === 'GET' ? transport.req : transport.dataReq;
  if (pending !== undefined && pending !== null) throw new OverlappingRequests(session);
  return { query, session };
}

/** Checks a request for an upgrade to websocket before Engine.IO receives it. Throws a {@link Refusal}. */
export function checkUpgrade(request: IncomingMessage, state: EngineState): EngineRequest {
  const { query, sid } = readQuery(request, 'websocket', state.origins);
  checkWebsocket(request);
  if (sid === undefined) return { query, session: undefined };
  const session = findSession(sid, state);
  const { transport, upgrading } = internalsOf(session);
  if (transport.name !== 'polling' || upgrading) {
    throw Refusal.of('engine_request', { detail: 'the session already has a websocket' });
  }
  if (session.readyState !== 'open') throw Refusal.of('engine_session');
  return { query, session };
}

function readQuery(
  { headers: { origin }, url = '' }: IncomingMessage,
  transport: 'polling' | 'websocket',
  origins: Origins,
): { query: EngineRequest['query']; sid: string | undefined } {
  const parameters = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const repeated = PARAMETERS.find((name) => parameters.getAll(name).length > 1);
  if (repeated !== undefined) {
    throw Refusal.of('engine_request', { detail: `repeated parameter ${repeated}` });
  }
  if (parameters.get('EIO') !== REVISION) throw Refusal.of('engine_protocol');
  if (parameters.get('transport') !== transport) throw Refusal.of('engine_transport');
  // Browsers do not apply CORS to websockets, so the server must check the origin.
  if (origin !== undefined && !origins.all && !origins.allow(origin)) {
    throw Refusal.of('origin_refused');
  }
  const sid = parameters.get('sid') ?? '';
  return { query: Object.fromEntries(parameters), sid: sid === '' ? undefined : sid };
}

function findSession(sid: string, state: EngineState): EngineSocket {
  const session = state.session(sid);
  // The refusal does not contain the id: it can be the secret of another client.
  if (session === undefined) throw Refusal.of('engine_session');
  return session;
}

function checkBody(headers: IncomingHttpHeaders, { maxBodyBytes }: EngineState): void {
  if (Number(headers['content-length']) > maxBodyBytes) throw Refusal.of('body_too_large');
  if (headers['content-type'] === 'application/octet-stream') {
    throw Refusal.of('engine_request', { detail: 'the body must be text' });
  }
}

function checkWebsocket({ headers, method }: IncomingMessage): void {
  if (method !== 'GET') {
    throw Refusal.of('engine_request', {
      detail: 'the HTTP method of a websocket handshake must be GET',
    });
  }
  if (!WEBSOCKET_KEY.test(headers['sec-websocket-key'] ?? '')) {
    throw Refusal.of('engine_request', { detail: 'Sec-WebSocket-Key is missing or invalid' });
  }
  if (!WEBSOCKET_VERSIONS.has(headers['sec-websocket-version'] ?? '')) {
    throw Refusal.of('engine_request', {
      detail: 'Sec-WebSocket-Version must be 13',
      headers: { 'Sec-WebSocket-Version': '13, 8' },
    });
  }
  if (!areProtocols(headers['sec-websocket-protocol'])) {
    throw Refusal.of('engine_request', { detail: 'Sec-WebSocket-Protocol is invalid' });
  }
}

/** Whether a header is missing, or is a list of distinct tokens. */
function areProtocols(header: string | undefined): boolean {
  if (header === undefined) return true;
  // `trim` would also remove spaces outside ASCII.
  if (!PRINTABLE.test(header)) return false;
  const protocols = header.split(',').map((protocol) => protocol.trim());
  const isUnique = new Set(protocols).size === protocols.length;
  return isUnique && protocols.every((protocol) => TOKEN.test(protocol));
}

function internalsOf(session: EngineSocket): EngineSocketInternals {
  return session as unknown as EngineSocketInternals;
}
