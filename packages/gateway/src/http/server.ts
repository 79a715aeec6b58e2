import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { destroyAfterEnd } from './close-gently.ts';
import { ConnectionQueue } from './connection-queue.ts';
import { Connections } from './connections.ts';
import { containEvents } from './contain-events.ts';
import { rawEnvelope } from './envelope.ts';
import { hasBody, requestClass } from './gateway-request.ts';
import { type HeaderList, responseClass } from './headers.ts';
import type { Occupancy } from './occupancy.ts';
import type { RefusalLog } from './refusal-log.ts';
import { isProperHead, VERSIONS } from './request-head.ts';
import type { RequestHandler } from './request-handler.ts';

/** What a server is made of. */
export interface ServerTools {
  readonly handler: RequestHandler;
  /** What every answer carries. */
  readonly headers: HeaderList;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly occupancy: Occupancy;
  /** Whether a request asks for a websocket that is served here. */
  readonly isWebSocket: (request: IncomingMessage) => boolean;
  /** Takes such a connection, or gives the reason to refuse it. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Refusal | undefined;
  /** The certificate and key to serve with; without them it is plain HTTP. */
  readonly identity: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * Connections that the system completes before the event loop accepts them. Linux drops further ones,
 * and their clients try again after one second, three, seven, … It lowers this to its own limit.
 */
const BACKLOG = 4_096;
/** How often connections are closed that have become idle, while the server closes. */
const CLOSE_IDLE_MS = 50;

/**
 * Listens on one address. Everything that arrives on a connection goes through that connection's
 * queue; what is not a request ends here, requests go to the handler.
 */
export class GatewayServer {
  readonly #server: Server;
  readonly #tools: ServerTools;
  readonly #connections: Connections;
  readonly #queues = new WeakMap<Duplex, ConnectionQueue>();

  private constructor(tools: ServerTools) {
    this.#tools = tools;
    this.#server = createServer(tools, (request) => this.#acceptsUpgrade(request));
    this.#connections = new Connections(this.#server);
  }

  /** Resolves when connections are accepted. Rejects with the system's error, e.g. EADDRINUSE. */
  static async listen(host: string, port: number, tools: ServerTools): Promise<GatewayServer> {
    const server = new GatewayServer(tools);
    server.#addListeners();
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen({ host, port, backlog: BACKLOG }, () => {
        server.#server.off('error', reject);
        resolve();
      });
    });
    return server;
  }

  /** The port that is listened on. */
  get port(): number {
    // A server that listens on TCP has an address of this type.
    return (this.#server.address() as AddressInfo).port;
  }

  /** Accepts no more connections, gives what runs the time to end, and cuts what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const rest = setInterval(() => this.#server.closeIdleConnections(), CLOSE_IDLE_MS);
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#connections.destroyAll(), graceMs);
    await closed;
    clearInterval(rest);
    clearTimeout(cut);
  }

  #addListeners(): void {
    const { identity, limits, log, occupancy } = this.#tools;
    const server = this.#server;
    server.maxConnections = limits.connections + limits.listeners;
    server.on('connection', (socket: Socket) => {
      if (occupancy.enter(socket)) return;
      log.refused(Refusal.of('busy', { detail: 'connections' }), undefined);
      socket.destroy();
    });
    // One more than allowed, so that too many are seen as such; node:http drops the rest in silence.
    server.maxHeadersCount = limits.headers + 1;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
      this.#contain(request.socket, () => this.#onRequest(request, response));
    server.on('request', onRequest);
    server.on('checkContinue', onRequest);
    server.on('checkExpectation', onRequest);
    server.on('upgrade', (request, socket, head) =>
      this.#contain(socket, () => this.#onUpgrade(request, socket, head)),
    );
    server.setTimeout(limits.stalledReaderMs, (socket) => this.#onIdle(socket));
    server.on('clientError', (error, socket) =>
      this.#contain(socket, () => this.#onClientError(error, socket)),
    );
    server.on('drop', () => log.refused(Refusal.of('busy', { detail: 'connections' }), undefined));
    if (identity !== undefined) {
      server.on('tlsClientError', (error: Error, socket: Socket) =>
        this.#contain(socket, () => this.#onTlsError(error, socket)),
      );
    }
  }

  /** A fault in what one connection brings about destroys that connection, and affects no other. */
  #contain(connection: Duplex, run: () => void): void {
    try {
      run();
    } catch (fault) {
      this.#tools.log.fault(fault);
      connection.destroy();
    }
  }

  #queueOf(connection: Duplex): ConnectionQueue {
    let queue = this.#queues.get(connection);
    if (queue === undefined) {
      const added = new ConnectionQueue(connection, this.#tools.limits.pipelined);
      this.#queues.set(connection, added);
      // node:http calls this after the last response; its own resets the connection while input is unread.
      if (connection instanceof Socket) connection.destroySoon = () => added.close();
      queue = added;
    }
    return queue;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { handler, occupancy } = this.#tools;
    const { socket } = request;
    occupancy.serve(socket, response);
    this.#queueOf(socket).add(
      request,
      response,
      () => this.#contain(socket, () => handler.handle(request, response)),
      () => handler.refuse(request, response, Refusal.of('busy', { detail: TOO_MANY })),
    );
  }

  /**
   * Accepts a websocket on an idle connection only: after a pending response it would have to wait. One
   * that is declined is an ordinary request, which is refused with the reason.
   */
  #acceptsUpgrade(request: IncomingMessage): boolean {
    const { isWebSocket, limits } = this.#tools;
    return (
      isWebSocket(request) &&
      !hasBody(request) &&
      isProperHead(request, limits) &&
      this.#queueOf(request.socket).state === 'idle'
    );
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    // What the websocket brings about happens in listeners of this connection.
    containEvents(socket, (fault) => {
      this.#tools.log.fault(fault);
      socket.destroy();
    });
    this.#tools.occupancy.keep(request.socket);
    const refusal = this.#tools.upgrade(request, socket, head);
    if (refusal === undefined) {
      // The websocket library would wait half a minute for the client to end its half.
      destroyAfterEnd(socket);
      return;
    }
    this.#tools.log.refused(refusal, request);
    this.#refuseAndClose(socket, refusal);
  }

  /**
   * Nothing has moved on a connection for a while, which is fine while a command runs. It is not
   * between requests, or while the client does not read a response that is there.
   */
  #onIdle(socket: Socket): void {
    if (socket.writableLength > 0 || this.#queueOf(socket).state === 'idle') socket.destroy();
  }

  /** What arrived is not a request, or not in time, or the connection broke. */
  #onClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
    // The client said that nothing follows this request, and sent more: that is discarded.
    if (error.code === 'HPE_CLOSED_CONNECTION') return;
    const refusal = refusalOf(error.code);
    if (refusal === undefined || !socket.writable) {
      // After the last response nothing that arrives matters; the connection is closing.
      if (!socket.writableEnded) socket.destroy();
      return;
    }
    this.#queueOf(socket).end(() =>
      this.#contain(socket, () => {
        this.#tools.log.refused(refusal, undefined);
        this.#refuseAndClose(socket, refusal);
      }),
    );
  }

  #onTlsError(error: Error, socket: Socket): void {
    const speaker = this.#connections.plainSpeaker(socket, error);
    if (speaker === undefined) return;
    const refusal = Refusal.of('plain_http');
    this.#tools.log.refused(refusal, undefined);
    this.#refuseAndClose(speaker, refusal);
  }

  /** Sends a refusal on a connection that has no request to respond to, and closes it. */
  #refuseAndClose(socket: Duplex, refusal: Refusal): void {
    socket.on('error', () => socket.destroy()).on('timeout', () => socket.destroy());
    socket.write(rawEnvelope(refusal, this.#tools.headers));
    this.#queueOf(socket).close();
    socket.resume();
  }
}

/** What there are too many of on one connection. */
const TOO_MANY = 'requests sent ahead';

function createServer(
  { headers, identity, limits }: ServerTools,
  acceptsUpgrade: (request: IncomingMessage) => boolean,
): Server {
  const options = {
    IncomingMessage: requestClass(acceptsUpgrade),
    ServerResponse: responseClass(headers),
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(limits.headersMs / 4)),
    keepAliveTimeout: limits.keepAliveMs,
    // We tell it in our own words.
    requireHostHeader: false,
    noDelay: true,
    // A caller whose machine is gone can't say so: its waiting command must not wait for ever.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
  if (identity === undefined) return createHttpServer(options);
  return createHttpsServer({
    ...options,
    ...identity,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeMs,
  });
}

/** What to say to a client that node:http gave up on; nothing where nobody is left to hear it. */
function refusalOf(code: string | undefined): Refusal | undefined {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return Refusal.of('slow_sender');
    case 'HPE_HEADER_OVERFLOW':
      return Refusal.of('headers_too_large');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return Refusal.of('body_too_large');
    case 'HPE_PAUSED':
      // node:http has stopped reading until earlier responses are sent, and over TLS drops what was
      // in the same packets (observed on Node 20): the requests in it have not run.
      return Refusal.of('busy', { detail: TOO_MANY });
    case 'HPE_INVALID_METHOD':
      return Refusal.of('bad_request', { detail: 'it does not begin with a known HTTP method' });
    case 'HPE_INVALID_VERSION':
    case 'HPE_PAUSED_H2_UPGRADE':
      return Refusal.of('bad_request', { detail: VERSIONS });
    default:
      return code?.startsWith('HPE_') === true ? Refusal.of('bad_request') : undefined;
  }
}
