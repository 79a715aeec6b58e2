import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as Engine, type Socket as Connection } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { Decoder } from 'socket.io-parser';
import { Refusal } from '../errors.ts';
import type { AnonymousConnections } from '../http/anonymous-connections.ts';
import { containEvents } from '../http/contain-events.ts';
import { pathOf, type PathTable } from '../routing/path-table.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { readRune } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import type { Origins } from '../options/origins.ts';
import type { Listener } from './audience.ts';
import {
  checkPolling,
  checkUpgrade,
  type EngineRequest,
  type EngineState,
  OverlappingRequests,
} from './engine-request.ts';
import type { Hearing } from './hearing.ts';
import type { NotificationHub } from './hub.ts';
import type { Message } from './message.ts';
import { RawEncoder, RawPayload } from './raw-encoder.ts';
import type { Seats } from './seats.ts';
import { readTopics, type Topics } from './topics.ts';
import { Visit } from './visit.ts';

/** Where Socket.IO's clients look for their server. */
const PATH = '/socket.io';
const EVENT = 'message';
/** Time for listeners to hear why they are let go. */
const LAST_WORD_MS = 500;

/** What the Socket.IO side is made of. */
export interface SocketIoTools {
  readonly hub: NotificationHub;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly seats: Seats;
  readonly anonymousConnections: AnonymousConnections;
}

/** Whether a request asks for a websocket of Socket.IO. */
export function isSocketIoUpgrade({ headers, method, url = '' }: IncomingMessage): boolean {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  try {
    const path = pathOf(url);
    return path === PATH || path === `${PATH}/`;
  } catch {
    // A path that does not decode is refused where it is looked up.
    return false;
  }
}

/**
 * Listeners over Socket.IO, by polling or websocket. Those with the same rune and the same choice of topics
 * are one group: a message is encoded once for all of them.
 */
export class SocketIoListeners {
  readonly #tools: SocketIoTools;
  readonly #engine: Engine;
  readonly #io: Server;
  /** What requests are checked against. */
  readonly #state: EngineState;
  #isClosing = false;
  readonly #groups = new Map<string, Group>();
  #madeGroups = 0;
  /** Which connection a websocket is on. */
  readonly #wires = new WeakMap<object, NetSocket>();
  readonly #visits = new WeakMap<Connection, Visit>();
  /** Those that have not shown a rune, in the order in which they came. */
  readonly #strangers = new Set<Visit>();

  constructor(tools: SocketIoTools) {
    this.#tools = tools;
    const { origins, limits } = tools;
    this.#state = {
      origins,
      maxBodyBytes: limits.subscriberMessageBytes,
      session: (id) => (Object.hasOwn(this.#sessions, id) ? this.#sessions[id] : undefined),
    };
    this.#engine = new Engine({
      maxHttpBufferSize: limits.subscriberMessageBytes,
      // Notifications are short, and what is compressed beside a secret tells of it.
      httpCompression: false,
      perMessageDeflate: false,
    });
    // First, so that it hears of each packet before Socket.IO does.
    this.#engine.on('connection', (connection: Connection) => this.#receive(connection));
    this.#io = new Server({
      parser: { Encoder: RawEncoder, Decoder },
      serveClient: false,
      // A visit ends before.
      connectTimeout: 2 * limits.headersMs,
    });
    this.#io.bind(this.#engine);
    this.#io.use(async (socket, next) => {
      next(await this.#checkRune(socket));
    });
    this.#io.on('connection', (socket) => this.#attend(socket));
  }

  /** Adds the path that polling goes to. */
  addPaths(paths: PathTable): void {
    for (const method of ['GET', 'POST'] as const) {
      for (const path of [PATH, `${PATH}/`]) {
        paths.add(method, path, ({ request, response }) => this.#poll(request, response));
      }
    }
  }

  /**
   * Takes a connection that becomes a websocket. Returns the reason if it does not: then nothing has
   * been written, and the caller writes and logs the refusal.
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
    const { websocket } = request as IncomingMessage & { readonly websocket?: object };
    if (websocket !== undefined) this.#wires.set(websocket, request.socket);
    this.#watch(request, socket);
    return undefined;
  }

  /** The connections that Engine.IO knows of, also those that Socket.IO has disconnected. */
  get #sessions(): Readonly<Record<string, Connection>> {
    return (this.#engine as unknown as EngineClients).clients;
  }

  /** Cuts off who sends what is to be answered, such as pings, and does not read the answers. */
  #watch(request: IncomingMessage, socket: Duplex): void {
    const { limits, log, anonymousConnections } = this.#tools;
    socket.on('data', () => {
      const isAnonymous = anonymousConnections.includes(request.socket);
      const most = isAnonymous ? limits.subscriberMessageBytes : limits.subscriberBytes;
      if (socket.writableLength <= most || socket.destroyed) return;
      log.refused(Refusal.of('slow_subscriber'), request);
      socket.destroy();
    });
  }

  /** One who polls needs no connection to be here: until it shows a rune it counts like one. */
  #receive(connection: Connection): void {
    const { limits, log, anonymousConnections } = this.#tools;
    const visit = new Visit(connection, limits.headersMs, () => this.#strangers.delete(visit));
    connection.on('upgrade', ({ socket }: { socket: object }) => {
      visit.wire = this.#wires.get(socket) ?? visit.wire;
      if (visit.isSeated) anonymousConnections.release(visit.wire);
    });
    this.#visits.set(connection, visit);
    this.#strangers.add(visit);
    const [oldest] = this.#strangers;
    if (this.#strangers.size <= limits.connections || oldest === undefined) return;
    // Who means it has shown its rune by now; who comes may be about to.
    log.refused(Refusal.of('busy', { detail: 'listeners without a rune' }), oldest.request);
    oldest.cutOff();
  }

  #visitOf(socket: Socket): Visit {
    const visit = this.#visits.get(socket.conn);
    if (visit === undefined) throw new Error('a socket without a connection');
    return visit;
  }

  /** Closes when what the hub has said last is on its way, or soon after. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#drained();
    await this.#io.close();
    this.#engine.close();
  }

  /** Resolves when all listeners have left, which they were told to. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const soon = setTimeout(resolve, LAST_WORD_MS);
      const check = (): void => {
        if (this.#engine.clientsCount > 0) return;
        clearTimeout(soon);
        resolve();
      };
      for (const conn of Object.values(this.#sessions)) {
        conn.once('close', () => setImmediate(check));
      }
      check();
    });
  }

  #poll(request: IncomingMessage, response: ServerResponse): void {
    // The packets in a body are handled in listeners of the request.
    containEvents(request, (fault) => {
      this.#tools.log.fault(fault);
      response.destroy();
    });
    try {
      const checked = checkPolling(request, this.#state);
      // Sessions go on meanwhile: those who poll still have to fetch their last messages.
      if (this.#isClosing && checked.session === undefined) throw Refusal.of('stopping');
      this.#engine.handleRequest(engineRequest(request, checked), response);
    } catch (error) {
      if (!(error instanceof OverlappingRequests)) throw error;
      this.#visits.get(error.session)?.cutOff();
      throw error.refusal;
    }
  }

  /** Resolves with nothing where a listener may come in, else with what it is told. */
  async #checkRune(socket: Socket): Promise<Error | undefined> {
    try {
      await this.#admit(socket);
      return undefined;
    } catch (error) {
      this.#visitOf(socket).refused();
      return this.#connectError(error, socket);
    }
  }

  /** Lets a listener in. Throws a {@link Refusal}. */
  async #admit(socket: Socket): Promise<void> {
    const { hub, seats } = this.#tools;
    const { auth, headers, query } = socket.handshake;
    const topics = readTopics(auth['topics'] ?? query['topics']);
    if (topics === undefined) throw Refusal.of('bad_topics');
    const offered: unknown = headers['rune'] ?? auth['rune'];
    const rune = readRune(typeof offered === 'string' ? offered : undefined);
    const hearing = await hub.admit(rune, topics);
    if (hearing instanceof Refusal) throw hearing;
    if (socket.conn.readyState !== 'open') return;
    const visit = this.#visitOf(socket);
    visit.sit(seats.acquire(visit.wire));
    this.#strangers.delete(visit);
    await this.#join(socket, hearing, topics);
  }

  /** What a client's `connect_error` gets: the node's own words. */
  #connectError(error: unknown, socket: Socket): Error {
    const refusal = error instanceof Refusal ? error : Refusal.of('internal', { cause: error });
    this.#tools.log.refused(refusal, socket.request);
    const { code, message } = refusal;
    return Object.assign(new Error(message), { data: { code, message } });
  }

  async #join(socket: Socket, hearing: Hearing, topics: Topics): Promise<void> {
    const key = `${hearing.rune} ${topics === 'all' ? '*' : [...topics].toSorted().join()}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      const room = `group ${++this.#madeGroups}`;
      const send = (payload: RawPayload): void => void this.#io.to(room).emit(EVENT, payload);
      const empty = (): void => void this.#groups.delete(key);
      group = new Group(this.#tools, { hearing, topics, room, send, empty });
      this.#groups.set(key, group);
      await this.#tools.hub.listen(group);
    }
    group.add(socket, this.#visitOf(socket));
  }

  #attend(socket: Socket): void {
    // The seed's own page has a box for this; what is sent comes back to the sender alone.
    socket.on(EVENT, (message: unknown = null) => {
      const { limits, log } = this.#tools;
      const visit = this.#visitOf(socket);
      if (visit.unread > limits.subscriberBytes) {
        log.refused(Refusal.of('slow_subscriber'), socket.request);
        visit.cutOff();
        return;
      }
      socket.emit(EVENT, { client_message: message, session: socket.id });
    });
  }
}

/** What a group is made of. */
interface GroupParts {
  readonly hearing: Hearing;
  readonly topics: Topics;
  /** Socket.IO's name for those who are in it. */
  readonly room: string;
  /** Sends to all in the room; the message is encoded, and framed, once. */
  readonly send: (payload: RawPayload) => void;
  /** Nobody is in it any more. */
  readonly empty: () => void;
}

/** Listeners who hear the same. */
class Group implements Listener {
  readonly hearing: Hearing;
  readonly topics: Topics;
  readonly #tools: SocketIoTools;
  readonly #parts: GroupParts;
  readonly #sockets = new Map<Socket, Visit>();

  constructor(tools: SocketIoTools, parts: GroupParts) {
    this.#tools = tools;
    this.#parts = parts;
    this.hearing = parts.hearing;
    this.topics = parts.topics;
  }

  add(socket: Socket, visit: Visit): void {
    this.#sockets.set(socket, visit);
    void socket.join(this.#parts.room);
    // Also before it has connected, if it leaves while it is being let in.
    socket.conn.once('close', () => this.#remove(socket));
    socket.once('disconnect', () => this.#remove(socket));
  }

  deliver(messages: readonly Message[]): void {
    for (const [socket, visit] of this.#sockets) {
      if (visit.unread > this.#tools.limits.subscriberBytes) this.#drop(socket, visit);
    }
    for (const { text } of messages) this.#parts.send(new RawPayload(text));
  }

  end(reason: Refusal): void {
    const { code, message } = reason;
    for (const socket of this.#sockets.keys()) {
      socket.emit('error', { code, message });
      socket.disconnect(true);
    }
    this.#sockets.clear();
    this.#parts.empty();
  }

  /** It does not read: a word would only lie behind the others. */
  #drop(socket: Socket, visit: Visit): void {
    this.#tools.log.refused(Refusal.of('slow_subscriber'), socket.request);
    this.#remove(socket);
    visit.cutOff();
  }

  #remove(socket: Socket): void {
    if (!this.#sockets.delete(socket) || this.#sockets.size > 0) return;
    this.#tools.hub.leave(this);
    this.#parts.empty();
  }
}

/** The connections that Engine.IO knows of, which its types hide. */
interface EngineClients {
  readonly clients: Readonly<Record<string, Connection>>;
}

/** Engine.IO adds what it finds out to the request. It parses no URL where the query is there. */
function engineRequest(
  request: IncomingMessage,
  { query }: EngineRequest,
): Parameters<Engine['handleRequest']>[0] {
  return Object.assign(request, { _query: query }) as unknown as Parameters<
    Engine['handleRequest']
  >[0];
}
