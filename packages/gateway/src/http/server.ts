import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { Connections } from './connections.ts';
import { declineUpgrade } from './declined-upgrade.ts';
import { rawEnvelope } from './envelope.ts';
import { type HeaderList, responseClass } from './headers.ts';
import type { Occupancy } from './occupancy.ts';
import type { RefusalLog } from './refusal-log.ts';
import { VERSIONS } from './request-head.ts';
import type { RequestHandler } from './request-handler.ts';

/** What a server is made of. */
export interface ServerTools {
  readonly handler: RequestHandler;
  /** What every answer carries. */
  readonly headers: HeaderList;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly occupancy: Occupancy;
  /** Takes a connection that wants to become a websocket; false where it is none of ours. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** The certificate and key to serve with; without them it is plain HTTP. */
  readonly identity: { readonly cert: string; readonly key: string } | undefined;
}

/** How long a connection that has got a refusal may stay, so that the refusal is read. */
const LINGER_MS = 1_000;
/** How often connections are closed that have become idle, while the server closes. */
const CLOSE_IDLE_MS = 50;

/** Listens on one address, and takes what comes to the handler. Whatever is no request ends here. */
export class GatewayServer {
  readonly #server: Server;
  readonly #tools: ServerTools;
  readonly #connections: Connections;
  /** Connections that have got their last word. */
  readonly #ended = new WeakSet<Duplex>();

  private constructor(server: Server, tools: ServerTools) {
    this.#server = server;
    this.#tools = tools;
    this.#connections = new Connections(server);
  }

  /** Resolves when connections are accepted. Rejects with the system's error, e.g. EADDRINUSE. */
  static async listen(host: string, port: number, tools: ServerTools): Promise<GatewayServer> {
    const server = new GatewayServer(createServer(tools), tools);
    server.#attend();
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen({ host, port }, () => {
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

  /** Takes no more connections, gives what runs the time to end, and cuts what is left. */
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

  #attend(): void {
    const { handler, identity, limits, log, occupancy, upgrade } = this.#tools;
    const server = this.#server;
    server.maxConnections = limits.connections + limits.listeners;
    server.on('connection', (socket: Socket) => {
      if (occupancy.enter(socket)) return;
      log.refused(Refusal.of('busy', { detail: 'connections' }), undefined);
      socket.destroy();
    });
    // One more than allowed, so that too many are seen as such; node:http drops the rest in silence.
    server.maxHeadersCount = limits.headers + 1;
    server.on('request', (request, response) => handler.handle(request, response));
    server.on('checkContinue', (request, response) => handler.handle(request, response));
    server.on('checkExpectation', (request, response) => handler.handle(request, response));
    server.on('connect', (request, socket) => {
      const refusal = Refusal.of('not_proxy', { headers: { Allow: 'GET, HEAD, POST, OPTIONS' } });
      log.refused(refusal, request);
      this.#lastWord(socket, refusal);
    });
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      if (!upgrade(request, socket, head)) this.#decline(request, socket as Socket, head);
    });
    server.setTimeout(limits.stalledReaderMs, (socket) => this.#nothingMoved(socket));
    server.on('clientError', (error, socket) => this.#notUnderstood(error, socket));
    server.on('drop', () => log.refused(Refusal.of('busy', { detail: 'connections' }), undefined));
    if (identity !== undefined) {
      server.on('tlsClientError', (error: Error, socket: Socket) => {
        const speaker = this.#connections.plainSpeaker(socket, error);
        if (speaker === undefined) return;
        const refusal = Refusal.of('plain_http');
        log.refused(refusal, undefined);
        this.#lastWord(speaker, refusal);
      });
    }
  }

  /** Treats a request that offered an upgrade as one that did not. */
  #decline(offered: IncomingMessage, socket: Socket, head: Buffer): void {
    const { handler, headers, log } = this.#tools;
    const plain = declineUpgrade(offered, socket, head, responseClass(headers));
    if (plain !== undefined) {
      handler.handle(plain.request, plain.response);
      return;
    }
    const refusal = Refusal.of('bad_request', { detail: 'there is nothing to upgrade to' });
    log.refused(refusal, offered);
    this.#lastWord(socket, refusal);
  }

  /**
   * Nothing has moved on a connection for a while, which is fine while a command runs. Not so between
   * requests, nor where an answer is there and the caller does not read it.
   */
  #nothingMoved(socket: Socket): void {
    if (socket.writableLength > 0 || this.#tools.handler.stateOf(socket) === 'idle') {
      socket.destroy();
    }
  }

  /** Something came that is no request, or not in time, or the connection broke. */
  #notUnderstood(error: Error & { readonly code?: string }, socket: Duplex): void {
    if (this.#ended.has(socket)) return;
    const refusal = refusalOf(error.code);
    if (refusal === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    this.#tools.log.refused(refusal, undefined);
    if (this.#tools.handler.stateOf(socket) === 'answering') {
      // A word now would end up in the middle of an answer, or be taken for one.
      this.#ended.add(socket);
      socket.destroy();
    } else {
      this.#lastWord(socket, refusal);
    }
  }

  /** Says why, and closes once that has been read. */
  #lastWord(socket: Duplex, refusal: Refusal): void {
    this.#ended.add(socket);
    socket.on('error', () => socket.destroy());
    socket.end(rawEnvelope(refusal, this.#tools.headers));
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(linger));
    socket.resume();
  }
}

function createServer({ headers, identity, limits }: ServerTools): Server {
  const options = {
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
    case 'HPE_INVALID_METHOD':
      return Refusal.of('bad_request', { detail: 'it does not begin with a known HTTP method' });
    case 'HPE_INVALID_VERSION':
    case 'HPE_PAUSED_H2_UPGRADE':
      return Refusal.of('bad_request', { detail: VERSIONS });
    default:
      return code?.startsWith('HPE_') === true ? Refusal.of('bad_request') : undefined;
  }
}
