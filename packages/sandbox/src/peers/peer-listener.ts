import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { socketChannel, webSocketChannel } from '@clnrest/commando/node';
import { TokenBucket } from '@clnrest/bounds';
import type { ByteChannel } from '@clnrest/commando/peer';
import { type WebSocket, WebSocketServer } from 'ws';
import { SandboxError } from '../sandbox-error.ts';
import { Admission, type Place } from './admission.ts';
import type { ListenAddress } from './listen-address.ts';

/** Time limit for the upgrade to a WebSocket. */
const UPGRADE_MS = 10_000;
/** A message of a WebSocket carries any part of the stream. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** Clients that split messages of a WebSocket send few fragments. Each costs some microseconds, however short. */
const MAX_FRAGMENTS = 16;
/** Pings and pongs of a WebSocket. Peers use those of the Lightning protocol. */
const CONTROL_FRAMES = { capacity: 16, perSecond: 2 };

/** A connection of a peer that is not authenticated yet. */
export interface IncomingChannel {
  readonly channel: ByteChannel;
  readonly place: Place;
  readonly remote: RemoteAddress;
}

/** Where a peer is. */
export interface RemoteAddress {
  readonly host: string;
  readonly port: number;
  readonly isWebSocket: boolean;
}

/** An address that the node listens on. */
export interface BoundAddress {
  readonly kind: ListenAddress['kind'];
  readonly host: string;
  readonly port: number;
}

/** Accepts connections of peers, over TCP and WebSockets, within limits. */
export class PeerListener {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #admission = new Admission();
  readonly #bound: BoundAddress[] = [];
  readonly #accept: (incoming: IncomingChannel) => void;

  constructor(accept: (incoming: IncomingChannel) => void) {
    this.#accept = accept;
  }

  /** The addresses that the node listens on. */
  get bound(): readonly BoundAddress[] {
    return this.#bound;
  }

  /** Listens. @throws SandboxError `bad_option` with lightningd's text if that is impossible */
  async listen({ kind, host, port }: ListenAddress, byDefault: number): Promise<void> {
    const server = kind === 'tcp' ? this.#tcpServer() : this.#webSocketServer();
    server.listen({ ...(host === undefined ? {} : { host }), port: port ?? byDefault });
    try {
      await once(server, 'listening');
    } catch (cause) {
      const place = `${host ?? ''}:${port ?? byDefault}`;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SandboxError('bad_option', `Failed to bind socket for ${place}: ${reason}`, {
        cause,
      });
    }
    this.#servers.push(server);
    const { address, port: bound } = server.address() as AddressInfo;
    this.#bound.push({ kind, host: address, port: bound });
  }

  /** Stops listening, and closes the connections that are not authenticated yet, too. */
  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #tcpServer(): Server {
    return createServer((socket) => {
      const place = this.#admit(socket);
      if (place === undefined) return;
      const remote = remoteAddress(socket, false);
      this.#accept({ channel: socketChannel(socket), place, remote });
    });
  }

  /** Upgrades connections. Other requests get an error, and all have a time limit. */
  #webSocketServer(): Server {
    const upgrades = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      maxFragments: MAX_FRAGMENTS,
      autoPong: false,
    });
    const server = createHttpServer((_, response) => {
      response.writeHead(426, { Connection: 'close', 'Content-Length': 0 });
      response.end();
    });
    server.headersTimeout = UPGRADE_MS;
    server.requestTimeout = UPGRADE_MS;
    const places = new WeakMap<Socket, Place>();
    const timers = new WeakMap<Socket, NodeJS.Timeout>();
    server.on('connection', (socket) => {
      const place = this.#admit(socket);
      if (place === undefined) return;
      places.set(socket, place);
      // Before the first request, node:http has no limit.
      const timer = setTimeout(() => socket.destroy(), UPGRADE_MS);
      socket.once('close', () => clearTimeout(timer));
      timers.set(socket, timer);
    });
    server.on('upgrade', (request, stream, head) => {
      const socket = request.socket;
      const place = places.get(socket);
      if (place === undefined) return;
      upgrades.handleUpgrade(request, stream, head, (webSocket) => {
        clearTimeout(timers.get(socket));
        limitControlFrames(webSocket);
        const remote = remoteAddress(socket, true);
        this.#accept({ channel: webSocketChannel(webSocket), place, remote });
      });
    });
    return server;
  }

  #admit(socket: Socket): Place | undefined {
    socket.on('error', () => socket.destroy());
    const place = this.#admission.admit(socket.remoteAddress ?? '');
    if (place === undefined) {
      socket.destroy();
      return undefined;
    }
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      place.release();
    });
    return place;
  }
}

/** Answers a few pings. More would fill the memory if the peer does not read. */
function limitControlFrames(webSocket: WebSocket): void {
  const frames = new TokenBucket(CONTROL_FRAMES);
  webSocket.on('ping', (data: Buffer) => {
    if (!frames.take()) webSocket.terminate();
    else webSocket.pong(data, false, () => undefined);
  });
  webSocket.on('pong', () => {
    if (!frames.take()) webSocket.terminate();
  });
}

function remoteAddress(socket: Socket, isWebSocket: boolean): RemoteAddress {
  const host = (socket.remoteAddress ?? '').replace(/^::ffff:(?=[0-9.]+$)/, '');
  return { host, port: socket.remotePort ?? 0, isWebSocket };
}

/** An address as in `listpeers`: `127.0.0.1:9735`, `(ws)127.0.0.1:4711`. */
export function addressText({ host, port, isWebSocket }: RemoteAddress): string {
  return `${isWebSocket ? '(ws)' : ''}${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** An address as in `connect` and `getinfo`. */
export function addressJson({ host, port }: Pick<RemoteAddress, 'host' | 'port'>) {
  return { type: isIPv6(host) ? 'ipv6' : 'ipv4', address: host, port };
}
