import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import { type AddressInfo, type ListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { tlsOptions } from '../certificates/tls-options.ts';
import { Refusal } from '../refusals.ts';
import type { Limits } from '../limits.ts';
import { destroyAfterEnd } from './close-gently.ts';
import { ConnectionQueue } from './connection-queue.ts';
import { TcpConnections } from './tcp-connections.ts';
import { containEvents } from './contain-events.ts';
import { rawErrorResponse } from './error-envelope.ts';
import { hasBody, requestClass } from './gateway-request.ts';
import { type HeaderList, responseClass } from './headers.ts';
import type { AnonymousConnections } from './anonymous-connections.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { RequestIds } from './request-ids.ts';
import { isValidHead, VERSIONS } from './request-head.ts';
import { handlePlainHttp, plainHttpPage } from './plain-http.ts';
import { StalledReaders } from './stalled-readers.ts';
import type { RequestHandler } from './request-handler.ts';

/** Dependencies of a {@link GatewayServer}. */
export interface ServerTools {
  readonly handler: RequestHandler;
  /** The headers of every response. */
  readonly headers: HeaderList;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly anonymousConnections: AnonymousConnections;
  readonly requestIds: RequestIds;
  /** Whether a request asks for a websocket that the gateway serves. */
  readonly isWebSocket: (request: IncomingMessage) => boolean;
  /** Takes over such a connection, or returns the reason to refuse it. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Refusal | undefined;
  /** The certificate and key for HTTPS. Without them, the server uses plain HTTP. */
  readonly identity: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * Connections that the system completes before the event loop accepts them. Linux drops further ones,
 * and their clients try again after one second, three, seven, … It lowers this to its own limit.
 */
const BACKLOG = 4_096;
/** How often a closing server closes connections that have become idle. */
const CLOSE_IDLE_MS = 50;

/**
 * Listens on one address. Everything that arrives on a connection goes through that connection's
 * queue. The server handles malformed input, and the handler handles requests.
 */
export class GatewayServer {
  readonly #server: Server;
  readonly #tools: ServerTools;
  readonly #connections: TcpConnections;
  readonly #stalledReaders: StalledReaders;
  readonly #queues = new WeakMap<Duplex, ConnectionQueue>();
  /** The queues of the connections that are open. */
  readonly #openQueues = new Set<ConnectionQueue>();

  private constructor(tools: ServerTools) {
    this.#tools = tools;
    this.#server = createServer(tools, (request) => this.#acceptsUpgrade(request));
    this.#connections = new TcpConnections(this.#server);
    this.#stalledReaders = new StalledReaders(tools.limits.stalledReaderMs);
  }

  /** Resolves when the server accepts connections. Rejects with the system's error, for example EADDRINUSE. */
  static async listen(
    address: Pick<ListenOptions, 'host' | 'port' | 'ipv6Only'>,
    tools: ServerTools,
  ): Promise<GatewayServer> {
    const server = new GatewayServer(tools);
    server.#addListeners();
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen({ ...address, backlog: BACKLOG }, () => {
        server.#server.off('error', reject);
        resolve();
      });
    });
    return server;
  }

  /** The port on which the server listens. */
  get port(): number {
    // The address of a TCP server has this type.
    return (this.#server.address() as AddressInfo).port;
  }

  /** Uses another certificate for new connections. Throws if the certificate cannot be used. */
  setIdentity(identity: NonNullable<ServerTools['identity']>): void {
    if (this.#server instanceof HttpsServer) this.#server.setSecureContext(tlsOptions(identity));
  }

  /** Stops accepting connections, waits for running requests, and destroys the other connections after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const rest = setInterval(() => this.#server.closeIdleConnections(), CLOSE_IDLE_MS);
    this.#server.closeIdleConnections();
    // Without this, a client could use its connection again while the server closes it, and would not learn whether that call ran.
    for (const queue of this.#openQueues) queue.closeAfterLast();
    const cut = setTimeout(() => this.#connections.destroyAll(), graceMs);
    await closed;
    this.#stalledReaders.stop();
    clearInterval(rest);
    clearTimeout(cut);
  }

  #addListeners(): void {
    const { limits, log, anonymousConnections } = this.#tools;
    const server = this.#server;
    if (server instanceof HttpsServer) {
      handlePlainHttp(server, limits.handshakeMs, (socket, head) =>
        this.#contain(socket, () => this.#refusePlainHttp(socket, head)),
      );
    }
    server.maxConnections = limits.connections + limits.subscribers;
    server.on('connection', (socket: Socket) => {
      if (anonymousConnections.acquire(socket)) return;
      log.refused(Refusal.of('busy', { detail: 'connections' }), undefined);
      socket.destroy();
    });
    server.on('connection', (socket: Socket) => this.#stalledReaders.watch(socket));
    // One more than allowed, so that `checkHead` notices too many: node:http silently drops the rest.
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
    if (server instanceof HttpsServer) {
      server.on('tlsClientError', (error: Error, socket: Socket) =>
        this.#contain(socket, () => this.#onTlsError(error, socket)),
      );
    }
  }

  /** An exception while one connection is handled destroys that connection, and affects no other. */
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
      if (!connection.destroyed) {
        this.#openQueues.add(added);
        connection.once('close', () => this.#openQueues.delete(added));
      }
      // node:http calls this after the last response; its own resets the connection while input is unread.
      if (connection instanceof Socket) connection.destroySoon = () => added.close();
      queue = added;
    }
    return queue;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { handler, anonymousConnections } = this.#tools;
    const { socket } = request;
    anonymousConnections.trackRequest(socket, response);
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
      isValidHead(request, limits) &&
      this.#queueOf(request.socket).state === 'idle'
    );
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    // The websocket library handles frames in listeners of this connection.
    containEvents(socket, (fault) => {
      this.#tools.log.fault(fault);
      socket.destroy();
    });
    this.#tools.anonymousConnections.trackUpgrade(request.socket);
    const refusal = this.#tools.upgrade(request, socket, head);
    if (refusal === undefined) {
      // The websocket library would wait half a minute for the client to end its half.
      destroyAfterEnd(socket);
      return;
    }
    this.#tools.log.refused(refusal, request);
    this.#refuseAndClose(socket, refusal, { request });
  }

  /**
   * A connection has been inactive for a while. While a command runs, that is normal. Between requests, the
   * connection is destroyed. {@link StalledReaders} destroys those whose client does not read.
   */
  #onIdle(socket: Socket): void {
    if (this.#queueOf(socket).state === 'idle') socket.destroy();
  }

  /** The input is malformed or late, or the connection broke. */
  #onClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
    // The client sent more after `Connection: close`, which is discarded.
    if (error.code === 'HPE_CLOSED_CONNECTION') return;
    const refusal = refusalOf(error.code);
    if (refusal === undefined || !socket.writable) {
      // After the last response, input does not matter: the connection is closing.
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
    // Its first bytes arrived one by one.
    const plain = this.#connections.plainHttpSocket(socket, error);
    if (plain !== undefined) this.#refusePlainHttp(plain, Buffer.alloc(0));
  }

  #refusePlainHttp(socket: Socket, head: Buffer): void {
    const refusal = Refusal.of('plain_http');
    this.#tools.log.refused(refusal, undefined);
    this.#refuseAndClose(socket, refusal, { page: plainHttpPage(refusal, head) });
  }

  /** Sends a refusal on a connection that has no request to respond to, and closes it. */
  #refuseAndClose(
    socket: Duplex,
    refusal: Refusal,
    { request, page }: { request?: IncomingMessage; page?: string | undefined } = {},
  ): void {
    const { headers, requestIds } = this.#tools;
    const id = request === undefined ? requestIds.next() : requestIds.of(request);
    socket.on('error', () => socket.destroy()).on('timeout', () => socket.destroy());
    socket.write(rawErrorResponse(refusal, headers, id, page));
    this.#queueOf(socket).close();
    socket.resume();
  }
}

/** The detail for too many requests on one connection. */
const TOO_MANY = 'pipelined requests';

function createServer(
  { headers, identity, limits, requestIds }: ServerTools,
  acceptsUpgrade: (request: IncomingMessage) => boolean,
): Server {
  const options = {
    IncomingMessage: requestClass(acceptsUpgrade),
    ServerResponse: responseClass(headers, requestIds),
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(limits.headersMs / 4)),
    keepAliveTimeout: limits.keepAliveMs,
    // `checkHead` checks it, so that the response has the envelope.
    requireHostHeader: false,
    noDelay: true,
    // A client whose machine disappears does not close its connection, and its waiting command would never end.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
  if (identity === undefined) return createHttpServer(options);
  return createHttpsServer({
    ...options,
    ...tlsOptions(identity),
    // Clients that use HTTP/1.0 announce it (RFC 7301), and TLS fails if the server does not accept it.
    ALPNProtocols: ['http/1.1', 'http/1.0'],
    handshakeTimeout: limits.handshakeMs,
  });
}

/** The refusal for a client whose input node:http rejected. `undefined` if the connection itself failed. */
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
      // in the same packets (observed on Node 20): those requests have not run.
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
