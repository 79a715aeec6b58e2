import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as Engine } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { Decoder } from 'socket.io-parser';
import { Refusal } from '../errors.ts';
import type { PathTable } from '../http/path-table.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { readRune } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import type { Origins } from '../options/origins.ts';
import type { Listener } from './audience.ts';
import type { Hearing } from './hearing.ts';
import type { NotificationHub } from './hub.ts';
import type { Message } from './message.ts';
import { RawEncoder, RawPayload } from './raw-encoder.ts';
import type { Seats } from './seats.ts';
import { readTopics, type Topics } from './topics.ts';

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
}

/**
 * Listeners over Socket.IO, by polling or websocket. Those with the same rune and the same choice of topics
 * are one group: a message is encoded once for all of them.
 */
export class SocketIoListeners {
  readonly #tools: SocketIoTools;
  readonly #engine: Engine;
  readonly #io: Server;
  readonly #groups = new Map<string, Group>();
  #madeGroups = 0;
  #seated = 0;

  constructor(tools: SocketIoTools) {
    this.#tools = tools;
    const { origins, limits } = tools;
    this.#engine = new Engine({
      maxHttpBufferSize: limits.listenerMessageBytes,
      allowRequest: ({ headers: { origin } }, decide) => {
        // A page may ask from anywhere by websocket: browsers leave it to the server to refuse.
        const isWelcome = origin === undefined || origins.all || origins.allow(origin);
        // One who polls needs no connection to be here: until it shows a rune it counts like one.
        if (this.#engine.clientsCount - this.#seated < limits.connections) decide(null, isWelcome);
        else decide('Too many that have not shown a rune', false);
      },
      // Notifications are short, and what is compressed beside a secret tells of it.
      httpCompression: false,
      perMessageDeflate: false,
    });
    this.#io = new Server({
      parser: { Encoder: RawEncoder, Decoder },
      serveClient: false,
      connectTimeout: limits.headersMs,
    });
    this.#io.bind(this.#engine);
    this.#io.use(async (socket, next) => {
      next(await this.#judge(socket));
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

  /** Takes a websocket; false where it is none of ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const path = (request.url ?? '').replace(/[?#].*$/s, '');
    const isOurs = path === PATH || path === `${PATH}/`;
    if (!isOurs || request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
    this.#engine.handleUpgrade(engineRequest(request), socket, head);
    return true;
  }

  /** Closes when what the hub has said last is on its way, or soon after. */
  async close(): Promise<void> {
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
      // The engine's own: Socket.IO has forgotten those that it disconnected.
      for (const conn of Object.values((this.#engine as unknown as EngineClients).clients)) {
        conn.once('close', () => setImmediate(check));
      }
      check();
    });
  }

  #poll(request: IncomingMessage, response: ServerResponse): void {
    this.#engine.handleRequest(engineRequest(request), response);
  }

  /** Resolves with nothing where a listener may come in, else with what it is told. */
  async #judge(socket: Socket): Promise<Error | undefined> {
    try {
      await this.#admit(socket);
      return undefined;
    } catch (error) {
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
    const seat = seats.take(socket.request.socket);
    this.#seated++;
    socket.conn.once('close', () => {
      seat.free();
      this.#seated--;
    });
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
    group.add(socket);
  }

  #attend(socket: Socket): void {
    // The seed's own page has a box for this; what is sent comes back to the sender alone.
    socket.on(EVENT, (message: unknown) => {
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
  readonly #sockets = new Set<Socket>();

  constructor(tools: SocketIoTools, parts: GroupParts) {
    this.#tools = tools;
    this.#parts = parts;
    this.hearing = parts.hearing;
    this.topics = parts.topics;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    void socket.join(this.#parts.room);
    // Also before it has connected, if it leaves while it is being let in.
    socket.conn.once('close', () => this.#remove(socket));
    socket.once('disconnect', () => this.#remove(socket));
  }

  deliver(messages: readonly Message[]): void {
    for (const socket of this.#sockets) {
      if (pendingBytes(socket) > this.#tools.limits.listenerBytes) this.#drop(socket);
    }
    for (const { text } of messages) this.#parts.send(new RawPayload(text));
  }

  end(reason: Refusal): void {
    const { code, message } = reason;
    for (const socket of this.#sockets) {
      socket.emit('error', { code, message });
      socket.disconnect(true);
    }
    this.#sockets.clear();
    this.#parts.empty();
  }

  /** It does not read: a word would only lie behind the others. */
  #drop(socket: Socket): void {
    this.#tools.log.refused(Refusal.of('slow_listener'), socket.request);
    this.#remove(socket);
    const { transport } = socket.conn as unknown as EngineSocket;
    socket.conn.close(true);
    transport.socket?.terminate();
  }

  #remove(socket: Socket): void {
    if (!this.#sockets.delete(socket) || this.#sockets.size > 0) return;
    this.#tools.hub.leave(this);
    this.#parts.empty();
  }
}

/** The connections that Engine.IO knows of, which its types hide. */
interface EngineClients {
  readonly clients: Readonly<Record<string, Socket['conn']>>;
}

/** What we need to see of a connection that Engine.IO does not show in its types. */
interface EngineSocket {
  readonly writeBuffer: readonly { readonly data?: string }[];
  readonly transport: {
    readonly socket?: { readonly bufferedAmount: number; terminate(): void };
  };
}

/** How much waits for a listener to read it. */
function pendingBytes(socket: Socket): number {
  const { writeBuffer, transport } = socket.conn as unknown as EngineSocket;
  const held = writeBuffer.reduce((bytes, { data }) => bytes + (data?.length ?? 0), 0);
  return held + (transport.socket?.bufferedAmount ?? 0);
}

/** Engine.IO adds what it finds out to the request. */
function engineRequest(request: IncomingMessage): Parameters<Engine['handleRequest']>[0] {
  return request as Parameters<Engine['handleRequest']>[0];
}
