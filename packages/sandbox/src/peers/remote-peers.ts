import { connect, type Socket } from 'node:net';
import { socketChannel } from '@clnrest/commando/node';
import { isPublicKey, keyPair, PeerError, type PeerMessage } from '@clnrest/commando/peer';
import { onAbort } from '@clnrest/bounds';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { FEATURES } from '../features.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Network } from '../options/network.ts';
import { type Attempt, reconnection } from '../world/connections.ts';
import type { NetworkEvents } from '../world/network-events.ts';
import { chainHash, defaultPort } from './chain-hash.ts';
import type { ListenAddress } from './listen-address.ts';
import {
  addressJson,
  type BoundAddress,
  type IncomingChannel,
  PeerListener,
  type RemoteAddress,
} from './peer-listener.ts';
import { RemotePeer, type RemotePeerEvents } from './remote-peer.ts';
import type { LogBook } from '../log/log-book.ts';
import { WorkBudgets } from './work-budgets.ts';

/** What the node does with its peers. */
export interface PeerServices {
  /** Whether plugins accept the peer. A promise only if a plugin decides. */
  accepts(peer: RemotePeer): true | Promise<boolean>;
  /** Handles a message. Returns false if it is unknown. */
  handle(peer: RemotePeer, message: PeerMessage): boolean;
  onDrain(peer: RemotePeer): void;
  /** A connection, which can replace another one. */
  onConnect(peer: RemotePeer): void;
  onDisconnect(peer: RemotePeer): void;
  /** No connection with the node is left or begins. */
  onLost(id: string): void;
  /** Whether the node is another sandbox of the shared world. */
  isMember(id: string): boolean;
}

/** The parts of the node that {@link RemotePeers} uses. */
export interface RemotePeersParts {
  readonly keys: NodeKeys;
  readonly network: Network;
  readonly notifier: Notifier;
  readonly logBook: LogBook;
  readonly events: NetworkEvents;
}

/** Two nodes that connect to each other at once both know it after this time. */
const CROSSING_MS = 10_000;

/** The nodes that are connected over the Lightning protocol. */
export class RemotePeers {
  readonly #parts: RemotePeersParts;
  readonly #listener = new PeerListener((incoming) => this.#accept(incoming));
  readonly #connected = new Map<string, RemotePeer>();
  /** Connections that are not ready, or about which plugins decide. */
  readonly #starting = new Set<RemotePeer>();
  /** Connections that our node opens, by node and address. */
  readonly #dials = new Map<string, Promise<RemotePeer>>();
  /** Called when the node is connected, or lost. */
  readonly #awaiting = new Map<string, ((peer: RemotePeer | undefined) => void)[]>();
  readonly #budgets = new WorkBudgets();
  readonly #attempts = new WeakMap<RemotePeer, Attempt>();
  readonly #since = new WeakMap<RemotePeer, bigint>();
  readonly #closing = new AbortController();
  #services: PeerServices | undefined;

  constructor(parts: RemotePeersParts) {
    this.#parts = parts;
  }

  /** Serves peers from now on. */
  serve(services: PeerServices): void {
    this.#services = services;
  }

  /** Listens for peers. @throws SandboxError `bad_option` */
  async listen(addresses: readonly ListenAddress[]): Promise<void> {
    const port = defaultPort(this.#parts.network.name);
    for (const address of addresses) await this.#listener.listen(address, port);
  }

  /** The addresses that the node listens on. */
  get bound(): readonly BoundAddress[] {
    return this.#listener.bound;
  }

  all(): RemotePeer[] {
    return [...this.#connected.values()];
  }

  byId(id: string): RemotePeer | undefined {
    return this.#connected.get(id);
  }

  /** Connects to a node over TCP, unless it is connected. @throws CommandError, by its promise */
  async connect(
    id: string,
    host: string,
    givenPort: number | undefined,
    attempt: Attempt = reconnection(),
  ): Promise<RemotePeer> {
    const found = this.#connected.get(id);
    if (found !== undefined) return found;
    const port = givenPort ?? defaultPort(this.#parts.network.name);
    const key = `${id}@${host}:${port}`;
    // A second connection would replace the first one, with the requests on it.
    const dial =
      this.#dials.get(key) ??
      this.#dial(id, host, port, attempt)
        .catch(async (error: unknown) => {
          // The node can have connected to ours meanwhile.
          const other = await this.#otherConnection(id);
          if (other === undefined) throw error;
          return other;
        })
        .finally(() => this.#dials.delete(key));
    this.#dials.set(key, dial);
    return dial;
  }

  async #dial(id: string, host: string, port: number, attempt: Attempt): Promise<RemotePeer> {
    const place = `${host}:${port}`;
    const peerKey = Buffer.from(id, 'hex');
    if (!isPublicKey(peerKey)) {
      throw connectFailed(place, 'Cryptographic handshake', 'not a public key');
    }
    const socket = await this.#open(host, port, place);
    const remote = { host: socket.remoteAddress ?? host, port, isWebSocket: false };
    const outcome = await new Promise<RemotePeer | PeerError>((resolve) => {
      this.#start(socketChannel(socket), 'out', remote, peerKey, resolve, attempt);
    });
    if (outcome instanceof RemotePeer) return outcome;
    throw connectError(place, outcome);
  }

  /** Disconnects all peers, and stops listening. */
  close(): void {
    this.#closing.abort();
    this.#listener.close();
    for (const peer of [...this.all(), ...this.#starting]) peer.close();
  }

  /** The connection with a node, once it is ready. */
  async #otherConnection(id: string): Promise<RemotePeer | undefined> {
    const connected = this.#connected.get(id);
    if (connected !== undefined || !this.#isStarting(id)) return connected;
    return new Promise((resolve) => {
      this.#awaiting.set(id, [...(this.#awaiting.get(id) ?? []), resolve]);
    });
  }

  #isStarting(id: string): boolean {
    return [...this.#starting].some((peer) => peer.id === id);
  }

  #settleAwaiting(id: string, peer: RemotePeer | undefined): void {
    const awaiting = this.#awaiting.get(id) ?? [];
    this.#awaiting.delete(id);
    for (const settle of awaiting) settle(peer);
  }

  #open(host: string, port: number, place: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port });
      const stopListening = onAbort(this.#closing.signal, () => socket.destroy());
      socket.once('error', (error: NodeJS.ErrnoException) => {
        reject(connectFailed(place, 'Connection establishment', systemReason(error)));
      });
      socket.once('close', () => {
        stopListening();
        reject(connectFailed(place, 'Connection establishment', 'Connection closed'));
      });
      socket.once('connect', () => {
        stopListening();
        socket.removeAllListeners();
        resolve(socket);
      });
    });
  }

  #accept({ channel, place, remote }: IncomingChannel): void {
    this.#start(channel, 'in', remote, undefined, (outcome) => {
      if (outcome instanceof RemotePeer) place.authenticated();
      else place.release();
    });
  }

  /** Begins a session. @param settle - called once: with the peer when it is connected, else with the reason */
  #start(
    channel: IncomingChannel['channel'],
    direction: 'in' | 'out',
    remote: RemoteAddress,
    peerKey: Uint8Array | undefined,
    settle: (outcome: RemotePeer | PeerError) => void,
    attempt?: Attempt,
  ): void {
    const { keys, network } = this.#parts;
    const events: RemotePeerEvents = {
      onReady: (peer) => {
        if (attempt !== undefined) this.#attempts.set(peer, attempt);
        this.#onReady(peer, settle);
      },
      onMessage: (peer, message) => this.#services?.handle(peer, message) ?? false,
      onDrain: (peer) => this.#services?.onDrain(peer),
      onClose: (peer, reason) => {
        this.#onClose(peer);
        settle(reason);
      },
    };
    const init = {
      features: Buffer.from(FEATURES.init, 'hex'),
      networks: [chainHash(network.name)],
    };
    const ours = keyPair(keys.privateKey);
    // The listener, or the timer of the session, keeps it alive.
    const budget = this.#budgets.forPeer();
    const begun = { channel, ours, init, remote, direction, peerKey, budget, events };
    const peer = new RemotePeer(begun);
    if (!peer.isClosed) this.#starting.add(peer);
  }

  #onReady(peer: RemotePeer, settle: (outcome: RemotePeer | PeerError) => void): void {
    const accepted = this.#services?.accepts(peer) ?? true;
    if (accepted === true) {
      this.#add(peer, settle);
      return;
    }
    void this.#decide(peer, accepted, settle);
  }

  /** Connects the peer if the plugins accept it. Its messages wait until then. */
  async #decide(
    peer: RemotePeer,
    accepted: Promise<boolean>,
    settle: (outcome: RemotePeer | PeerError) => void,
  ): Promise<void> {
    peer.pause('deciding');
    // The hook fails only when the node stops, or a plugin stops it.
    const isAccepted = await accepted.catch(() => false);
    if (peer.isClosed) return;
    if (!isAccepted) {
      peer.close(new PeerError('closed', REFUSED));
      return;
    }
    this.#add(peer, settle);
    peer.resume('deciding');
  }

  /** A node has one connection: the newer one replaces the older, unless the older one prevails. */
  #add(peer: RemotePeer, settle: (outcome: RemotePeer) => void): void {
    const { id, direction, remote } = peer;
    const older = this.#connected.get(id);
    if (older !== undefined && this.#prevails(older, peer)) {
      peer.close();
      return;
    }
    this.#starting.delete(peer);
    if (older !== undefined) this.#disconnected(older);
    this.#connected.set(id, peer);
    // The node is not lost: it has another connection already.
    older?.close();
    const since = process.hrtime.bigint();
    this.#since.set(peer, since);
    const attempt = this.#attempts.get(peer);
    const made =
      attempt === undefined ? {} : { reason: attempt.reason, durationNsec: since - attempt.since };
    this.#parts.logBook.logger('connectd', id).log('debug', 'Handed peer, entering loop');
    this.#parts.events.add({ peerId: id, type: 'connect', ...made });
    this.#parts.notifier.native('connect', () => ({ id, direction, address: addressJson(remote) }));
    settle(peer);
    this.#settleAwaiting(id, peer);
    this.#services?.onConnect(peer);
  }

  /**
   * Whether an older connection remains. If two nodes connect to each other at once, their connections can become ready in a
   * different order at each, so that the newer one is another one at each. As in BGP (RFC 4271, section 6.8), the ids decide:
   * the connection remains that the node with the lesser id has opened. lightningd always keeps the newer one.
   */
  #prevails(older: RemotePeer, newer: RemotePeer): boolean {
    const { id } = newer;
    if (this.#services?.isMember(id) !== true || older.direction === newer.direction) return false;
    const opener = older.direction === 'out' ? this.#parts.keys.id : id;
    const other = older.direction === 'out' ? id : this.#parts.keys.id;
    const ageNsec = process.hrtime.bigint() - (this.#since.get(older) ?? 0n);
    // A node that has lost the older one connects again later.
    return opener < other && ageNsec < BigInt(CROSSING_MS) * 1_000_000n;
  }

  #onClose(peer: RemotePeer): void {
    const { id } = peer;
    this.#starting.delete(peer);
    if (this.#connected.get(id) === peer) this.#disconnected(peer);
    if (this.#connected.has(id) || this.#isStarting(id)) return;
    this.#settleAwaiting(id, undefined);
    this.#services?.onLost(id);
  }

  #disconnected(peer: RemotePeer): void {
    const { id } = peer;
    this.#connected.delete(id);
    this.#services?.onDisconnect(peer);
    // The database closes with the node.
    if (!this.#closing.signal.aborted) {
      const durationNsec = process.hrtime.bigint() - (this.#since.get(peer) ?? 0n);
      this.#parts.events.add({ peerId: id, type: 'disconnect', durationNsec });
    }
    this.#parts.notifier.native('disconnect', () => ({ id }));
  }
}

/** lightningd's text if a plugin disconnects a peer. */
const REFUSED = 'disconnected during connection';

/** lightningd's words for common errors of the system. */
const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
};

function systemReason({ code, message }: NodeJS.ErrnoException): string {
  return SYSTEM_REASONS[code ?? ''] ?? message;
}

function connectError(place: string, { code, message }: PeerError): CommandError {
  if (message === REFUSED) {
    return new CommandError(ErrorCode.connectDisconnected, message);
  }
  if (code === 'timed_out') {
    return connectFailed(place, 'Cryptographic handshake', 'Connection timed out');
  }
  if (code === 'handshake_failed') {
    return connectFailed(place, 'Cryptographic handshake', 'peer closed connection (wrong key?)');
  }
  return connectFailed(place, 'Exchanging init messages', message);
}

function connectFailed(place: string, step: string, reason: string): CommandError {
  return new CommandError(
    ErrorCode.connectFailed,
    `All addresses failed: ${place}: ${step}: ${reason}. `,
  );
}
