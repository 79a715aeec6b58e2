import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket as Session } from 'engine.io';
import { Refusal } from '../errors.ts';
import type { Origins } from '../options/origins.ts';

/** The revision of Engine.IO's protocol that Socket.IO 3 and 4 speak. Socket.IO 2 sends `EIO=3`. */
const REVISION = '4';
/** A parameter that Engine.IO reads must not have two values: others could read the other one. */
const PARAMETERS = ['EIO', 'transport', 'sid'] as const;

/** RFC 6455, section 4.1, as the websocket library reads it: what it refuses is not in our words. */
const WEBSOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;
const WEBSOCKET_VERSIONS: ReadonlySet<string> = new Set(['8', '13']);
const PRINTABLE = /^[\t -~]*$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The members of an Engine.IO session that its types hide. */
interface Inside {
  readonly upgrading: boolean;
  readonly transport: {
    readonly name: string;
    /** The request that waits for messages, and the one that brings some; by polling only. */
    readonly req?: object | null;
    readonly dataReq?: object | null;
  };
}

/** What requests are checked against. */
export interface EngineState {
  readonly origins: Origins;
  /** Bytes of one body. */
  readonly maxBodyBytes: number;
  /** The open session with this id. */
  session(id: string): Session | undefined;
}

/** A request that Engine.IO can take without refusing it. */
export interface EngineRequest {
  /** The query as Engine.IO expects it on the request. */
  readonly query: Readonly<Record<string, string>>;
  /** The session that it belongs to; none for a handshake. */
  readonly session: Session | undefined;
}

/**
 * Two requests of one session wait at the same time, or bring messages at the same time. Engine.IO's
 * protocol wants the session closed.
 */
export class OverlappingRequests extends Error {
  readonly session: Session;
  readonly refusal = Refusal.of('engine_request', { detail: 'two requests at once' });

  constructor(session: Session) {
    super('overlapping requests');
    this.session = session;
  }
}

/**
 * Checks a request of polling before Engine.IO takes it: Engine.IO's own refusals have another form and
 * are not logged. Throws a {@link Refusal}, or {@link OverlappingRequests}.
 */
export function checkPolling(request: IncomingMessage, state: EngineState): EngineRequest {
  const { query, sid } = readQuery(request, 'polling', state.origins);
  if (sid === undefined) {
    if (request.method !== 'GET') {
      throw Refusal.of('engine_request', { detail: 'a session begins with GET' });
    }
    return { query, session: undefined };
  }
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw Refusal.of('engine_request', { detail: 'the HTTP method must be GET or POST' });
  }
  const session = findSession(sid, state);
  const { transport } = insideOf(session);
  if (transport.name !== 'polling') {
    throw Refusal.of('engine_request', { detail: 'the session has changed to websocket' });
  }
  if (request.method === 'POST') checkBody(request.headers, state);
  const pending = request.method === 'GET' ? transport.req : transport.dataReq;
  if (pending !== undefined && pending !== null) throw new OverlappingRequests(session);
  return { query, session };
}

/** The same for a request that wants to become a websocket. Throws a {@link Refusal}. */
export function checkUpgrade(request: IncomingMessage, state: EngineState): EngineRequest {
  const { query, sid } = readQuery(request, 'websocket', state.origins);
  checkWebsocket(request);
  if (sid === undefined) return { query, session: undefined };
  const session = findSession(sid, state);
  const { transport, upgrading } = insideOf(session);
  if (transport.name !== 'polling' || upgrading) {
    throw Refusal.of('engine_request', { detail: 'the session has a websocket already' });
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
    throw Refusal.of('engine_request', { detail: `${repeated} is there twice` });
  }
  if (parameters.get('EIO') !== REVISION) throw Refusal.of('engine_protocol');
  if (parameters.get('transport') !== transport) throw Refusal.of('engine_transport');
  // Browsers let pages of any origin ask by websocket, and leave it to the server to refuse.
  if (origin !== undefined && !origins.all && !origins.allow(origin)) {
    throw Refusal.of('origin_refused');
  }
  const sid = parameters.get('sid') ?? '';
  return { query: Object.fromEntries(parameters), sid: sid === '' ? undefined : sid };
}

function findSession(sid: string, state: EngineState): Session {
  const session = state.session(sid);
  // Its id may be a secret of somebody else: it is not repeated.
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
    throw Refusal.of('engine_request', { detail: 'a websocket begins with GET' });
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

/** Whether a header lists tokens, each once. It may be missing. */
function areProtocols(header: string | undefined): boolean {
  if (header === undefined) return true;
  // `trim` would remove spaces that are not ASCII too.
  if (!PRINTABLE.test(header)) return false;
  const protocols = header.split(',').map((protocol) => protocol.trim());
  const isUnique = new Set(protocols).size === protocols.length;
  return isUnique && protocols.every((protocol) => TOKEN.test(protocol));
}

function insideOf(session: Session): Inside {
  return session as unknown as Inside;
}
