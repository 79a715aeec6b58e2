import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as Engine, type Socket as EngineSocket } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { Refusal } from '../refusals.ts';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import { containEvents } from '../http/contain-events.ts';
import { sendError } from '../http/error-envelope.ts';
import { pathOf, type PathTable } from '../routing/path-table.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { readRune } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Origins } from '../options/origins.ts';
import { EngineConnection } from './engine-connection.ts';
import { limitInput } from './limit-input.ts';
import { LimitedWebSocketServer } from './websocket-server.ts';
import {
  checkPolling,
  checkUpgrade,
  type EngineRequest,
  type EngineState,
  OverlappingRequests,
} from './engine-request.ts';
import type { EventIds } from './event-ids.ts';
import type { Missed } from './history.ts';
import type { NotificationHub } from './hub.ts';
import { ResumingSocket } from './resuming-socket.ts';
import { SocketIoEncoder } from './socket-io-encoder.ts';
import { SocketIoRoom } from './socket-io-room.ts';
import type { SubscriberSlots } from './subscriber-slots.ts';
import type { TopicPermissions } from './topic-permissions.ts';
import { readTopics, type Topics } from './topics.ts';

/** The default path of Socket.IO clients. */
const PATH = '/socket.io';
const EVENT = 'message';
/** The time for subscribers to receive the reason and disconnect. */
const DISCONNECT_GRACE_MS = 500;

/** The detail for a client that sends more than a subscriber needs to. */
const TOO_MUCH_INPUT = 'too much input';
/** Packets in one body of polling, and the character between them. Clients send a few. */
const MAX_PACKETS = 64;
const SEPARATOR = '\x1e';

export interface SocketIoTools {
  readonly hub: NotificationHub;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly metrics: Metrics;
  readonly slots: SubscriberSlots;
  readonly ids: EventIds;
  readonly anonymousConnections: AnonymousConnections;
}

/** Whether a request asks for an upgrade to a Socket.IO websocket. */
export function isSocketIoUpgrade({ headers, method, url = '' }: IncomingMessage): boolean {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  try {
    const path = pathOf(url);
    return path === PATH || path === `${PATH}/`;
  } catch {
    // The path does not decode. The route lookup refuses the request.
    return false;
  }
}

/**
 * Subscribers over Socket.IO, by polling or websocket. Those with the same rune and the same topics share a
 * room, so that each message is encoded once for all of them.
 */
export class SocketIoSubscribers {
  readonly #tools: SocketIoTools;
  readonly #engine: Engine;
  readonly #io: Server;
  readonly #state: EngineState;
  #isClosing = false;
  /** By rune and topics. */
  readonly #rooms = new Map<string, SocketIoRoom>();
  readonly #encoder = new SocketIoEncoder(EVENT);
  readonly #encoderWithIds: SocketIoEncoder;
  /** Clients that have subscribed, and get what they missed after Socket.IO has accepted their connection. */
  readonly #resuming = new WeakMap<Socket, { subscriber: ResumingSocket; missed: Missed }>();
  /** The connection of each websocket. */
  readonly #netSockets = new WeakMap<object, NetSocket>();
  readonly #connections = new WeakMap<EngineSocket, EngineConnection>();
  /** Connections that have not authenticated, oldest first. */
  readonly #anonymous = new Set<EngineConnection>();

  constructor(tools: SocketIoTools) {
    this.#tools = tools;
    const { ids, origins, limits } = tools;
    this.#encoderWithIds = new SocketIoEncoder(EVENT, ids);
    this.#state = {
      origins,
      maxBodyBytes: limits.subscriberMessageBytes,
      session: (id) => (Object.hasOwn(this.#sessions, id) ? this.#sessions[id] : undefined),
    };
    this.#engine = new Engine({
      maxHttpBufferSize: limits.subscriberMessageBytes,
      // Notifications are short, and the compressed size of a message reveals secrets in it (CRIME, BREACH).
      httpCompression: false,
      perMessageDeflate: false,
      wsEngine: LimitedWebSocketServer,
    });
    // Before `bind`, so that an EngineConnection handles each packet before Socket.IO does.
    this.#engine.on('connection', (socket: EngineSocket) => this.#addConnection(socket));
    this.#io = new Server({
      serveClient: false,
      // Longer than the time that an EngineConnection allows, which disconnects the client first.
      connectTimeout: 2 * limits.headersMs,
    });
    this.#io.bind(this.#engine);
    this.#io.use(async (socket, next) => {
      next(await this.#connectError(socket));
    });
    this.#io.on('connection', (socket) => this.#onSocket(socket));
  }

  /** Adds the path for polling. */
  addPaths(paths: PathTable): void {
    for (const method of ['GET', 'POST'] as const) {
      for (const path of [PATH, `${PATH}/`]) {
        paths.add(method, path, ({ request, response }) => this.#poll(request, response));
      }
    }
  }

  /**
   * Upgrades a connection to a websocket. If this returns a refusal, nothing has been written: the caller
   * must write and log the refusal.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Refusal | undefined {
    try {
      const checked = checkUpgrade(request, this.#state);
      if (this.#isClosing) throw Refusal.of('stopping');
      this.#engine.handleUpgrade(engineRequest(request, checked), socket, head);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    const { websocket } = request as IncomingMessage & { readonly websocket?: WebSocket };
    if (websocket !== undefined) {
      this.#netSockets.set(websocket, request.socket);
      limitInput(websocket, socket, this.#tools.limits.subscriberMessageBytes, () => {
        this.#tools.log.refused(Refusal.of('engine_request', { detail: TOO_MUCH_INPUT }), request);
        socket.destroy();
      });
    }
    this.#limitUnread(request, socket);
    return undefined;
  }

  /** Engine.IO's sessions, including those that Socket.IO has disconnected. */
  get #sessions(): Readonly<Record<string, EngineSocket>> {
    return (this.#engine as unknown as EngineClients).clients;
  }

  /** Disconnects a client that does not read the responses to its packets, such as pings. */
  #limitUnread(request: IncomingMessage, socket: Duplex): void {
    const { limits, log, anonymousConnections } = this.#tools;
    socket.on('data', () => {
      const isAnonymous = anonymousConnections.includes(request.socket);
      const max = isAnonymous ? limits.subscriberMessageBytes : limits.subscriberBytes;
      if (socket.writableLength <= max || socket.destroyed) return;
      log.refused(Refusal.of('slow_subscriber'), request);
      socket.destroy();
    });
  }

  /** Limits anonymous connections here too: a polling session persists while it has no TCP connection. */
  #addConnection(socket: EngineSocket): void {
    const { limits, log, anonymousConnections } = this.#tools;
    const connection = new EngineConnection(socket, limits.headersMs, {
      closed: () => this.#anonymous.delete(connection),
      exceeded: () =>
        log.refused(Refusal.of('engine_request', { detail: TOO_MUCH_INPUT }), socket.request),
    });
    socket.on('upgrade', (transport: { socket: object }) => {
      connection.netSocket = this.#netSockets.get(transport.socket) ?? connection.netSocket;
      if (connection.isAuthenticated) anonymousConnections.release(connection.netSocket);
    });
    this.#connections.set(socket, connection);
    this.#anonymous.add(connection);
    const [oldest] = this.#anonymous;
    if (this.#anonymous.size <= limits.connections || oldest === undefined) return;
    // The oldest one has had the most time to authenticate.
    log.refused(Refusal.of('busy', { detail: 'connections without a rune' }), oldest.request);
    oldest.disconnect();
  }

  #connectionOf(socket: Socket): EngineConnection {
    const connection = this.#connections.get(socket.conn);
    if (connection === undefined) throw new Error('unknown Engine.IO connection');
    return connection;
  }

  /** Closes all connections, after their last messages were sent or a short time has passed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#disconnected();
    await this.#io.close();
    this.#engine.close();
  }

  /** Resolves when all clients have disconnected, or after a short time. */
  #disconnected(): Promise<void> {
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, DISCONNECT_GRACE_MS);
      const check = (): void => {
        if (this.#engine.clientsCount > 0) return;
        clearTimeout(timeout);
        resolve();
      };
      for (const session of Object.values(this.#sessions)) {
        session.once('close', () => setImmediate(check));
      }
      check();
    });
  }

  #poll(request: IncomingMessage, response: ServerResponse): void {
    // Engine.IO handles the packets of a body in event listeners of the request.
    containEvents(request, (fault) => {
      this.#tools.log.fault(fault);
      response.destroy();
    });
    try {
      const checked = checkPolling(request, this.#state);
      // Open sessions continue, so that their clients can poll the last messages.
      if (this.#isClosing && checked.session === undefined) throw Refusal.of('stopping');
      if (request.method === 'POST') this.#limitPackets(request, response, checked.session);
      this.#engine.handleRequest(engineRequest(request, checked), response);
    } catch (error) {
      if (!(error instanceof OverlappingRequests)) throw error;
      this.#connections.get(error.session)?.disconnect();
      throw error.refusal;
    }
  }

  /** Refuses a body with too many packets before Engine.IO decodes it. */
  #limitPackets(
    request: IncomingMessage,
    response: ServerResponse,
    session: EngineSocket | undefined,
  ): void {
    let separators = 0;
    // A string, because Engine.IO decodes the body.
    request.on('data', (chunk: string) => {
      for (let at = chunk.indexOf(SEPARATOR); at !== -1; at = chunk.indexOf(SEPARATOR, at + 1)) {
        separators++;
        if (separators < MAX_PACKETS) continue;
        request.removeAllListeners('data').removeAllListeners('end').resume();
        const refusal = Refusal.of('engine_request', { detail: TOO_MUCH_INPUT });
        this.#tools.log.refused(refusal, request);
        response.shouldKeepAlive = false;
        if (!response.headersSent) sendError(response, refusal);
        // After the response: Engine.IO would respond with 200.
        if (session !== undefined) this.#connections.get(session)?.disconnect();
        return;
      }
    });
  }

  /** The error for the client's `connect_error`, or undefined if the client has subscribed. */
  async #connectError(socket: Socket): Promise<Error | undefined> {
    try {
      await this.#authenticate(socket);
      return undefined;
    } catch (error) {
      this.#connectionOf(socket).refused();
      const refusal = error instanceof Refusal ? error : Refusal.of('internal', { cause: error });
      this.#tools.log.refused(refusal, socket.request);
      const { code, message } = refusal;
      return Object.assign(new Error(message), { data: { code, message } });
    }
  }

  /** Checks the rune and subscribes the client. Throws a {@link Refusal}. */
  async #authenticate(socket: Socket): Promise<void> {
    const { hub, slots } = this.#tools;
    const { auth, headers, query } = socket.handshake;
    const topics = readTopics(auth['topics'] ?? query['topics']);
    if (topics === undefined) throw Refusal.of('bad_topics');
    const offered: unknown = headers['rune'] ?? auth['rune'];
    const rune = readRune(typeof offered === 'string' ? offered : undefined);
    const permissions = await hub.authorize(rune, topics);
    if (permissions instanceof Refusal) throw permissions;
    if (socket.conn.readyState !== 'open') return;
    const connection = this.#connectionOf(socket);
    connection.authenticated(slots.acquire(connection.netSocket, 'socket.io'));
    this.#anonymous.delete(connection);
    const id: unknown = auth['last_event_id'];
    if (typeof id === 'string') await this.#resume(socket, permissions, topics, id);
    else await this.#join(socket, permissions, topics);
  }

  /** Subscribes a client from an event on, or from now on if the id is empty. It receives the ids of events. */
  async #resume(
    socket: Socket,
    permissions: TopicPermissions,
    topics: Topics,
    id: string,
  ): Promise<void> {
    const { hub, ids } = this.#tools;
    const connection = this.#connectionOf(socket);
    const subscriber = new ResumingSocket({
      ...this.#tools,
      socket,
      connection,
      permissions,
      topics,
      encoder: this.#encoderWithIds,
      lastId: id,
    });
    const after = id === '' ? undefined : await ids.sequenceOf(id);
    const missed = await hub.subscribe(subscriber, after);
    if (socket.conn.readyState === 'open') this.#resuming.set(socket, { subscriber, missed });
    else hub.unsubscribe(subscriber);
  }

  async #join(socket: Socket, permissions: TopicPermissions, topics: Topics): Promise<void> {
    const key = `${permissions.rune} ${topics === 'all' ? '*' : [...topics].toSorted().join()}`;
    let room = this.#rooms.get(key);
    if (room === undefined) {
      const onEmpty = (): void => void this.#rooms.delete(key);
      room = new SocketIoRoom({
        ...this.#tools,
        permissions,
        topics,
        encoder: this.#encoder,
        onEmpty,
      });
      this.#rooms.set(key, room);
      await this.#tools.hub.subscribe(room);
    }
    room.add(socket, this.#connectionOf(socket));
  }

  #onSocket(socket: Socket): void {
    const resuming = this.#resuming.get(socket);
    this.#resuming.delete(socket);
    resuming?.subscriber.start(resuming.missed).catch((fault: unknown) => {
      this.#tools.log.fault(fault);
      this.#connectionOf(socket).disconnect();
    });
    // As in the original clnrest, which was written in Python: its page shows the client's own messages.
    socket.on(EVENT, (message: unknown = null) => {
      const { limits, log } = this.#tools;
      const connection = this.#connectionOf(socket);
      if (connection.unreadBytes > limits.subscriberBytes) {
        log.refused(Refusal.of('slow_subscriber'), socket.request);
        connection.disconnect();
        return;
      }
      socket.emit(EVENT, { client_message: message, session: socket.id });
    });
  }
}

/** Members of Engine.IO's server that its types hide. */
interface EngineClients {
  readonly clients: Readonly<Record<string, EngineSocket>>;
}

/** A request as Engine.IO handles it. With `_query`, Engine.IO does not parse the URL. */
function engineRequest(
  request: IncomingMessage,
  { query }: EngineRequest,
): Parameters<Engine['handleRequest']>[0] {
  return Object.assign(request, { _query: query }) as unknown as Parameters<
    Engine['handleRequest']
  >[0];
}
