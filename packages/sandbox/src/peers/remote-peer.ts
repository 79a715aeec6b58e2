import {
  type ByteChannel,
  type KeyPair,
  type PeerError,
  type PeerInit,
  type PeerMessage,
  PeerSession,
  type WorkBudget,
} from '@clnrest/commando/peer';
import type { RemoteAddress } from './peer-listener.ts';

const HANDSHAKE_MS = 10_000;
/** A peer that is silent for so long gets a ping. */
const PING_AFTER_MS = 30_000;
/** A peer that has not answered pings for so long is disconnected. */
const MAX_SILENT_MS = 90_000;

/** Why a peer must wait: plugins decide about it, plugins handle its messages, or it has sent too many commands. */
export type PauseReason = 'deciding' | 'hooked' | 'commands';

/** Receives what happens to a {@link RemotePeer}. */
export interface RemotePeerEvents {
  /** The peer is authenticated. */
  onReady(peer: RemotePeer): void;
  /** Returns false if the message is unknown. */
  onMessage(peer: RemotePeer, message: PeerMessage): boolean;
  onDrain(peer: RemotePeer): void;
  /** Called once, also if the peer was never ready. */
  onClose(peer: RemotePeer, reason: PeerError): void;
}

/** How a connection to a peer begins. */
export interface RemotePeerParts {
  readonly channel: ByteChannel;
  readonly ours: KeyPair;
  readonly init: PeerInit;
  readonly remote: RemoteAddress;
  readonly direction: 'in' | 'out';
  /** The public key of the peer, if our node opened the connection. */
  readonly peerKey?: Uint8Array | undefined;
  /** Limits the work that the peer can cause. */
  readonly budget: WorkBudget;
  readonly events: RemotePeerEvents;
}

/** A node that is connected to ours over the Lightning protocol, unlike the simulated nodes of the world. */
export class RemotePeer {
  readonly remote: RemoteAddress;
  readonly direction: 'in' | 'out';
  readonly #session: PeerSession;
  readonly #timer: NodeJS.Timeout;
  readonly #pauses = new Set<PauseReason>();
  readonly #pongs: ((bytes: number) => void)[] = [];

  constructor(parts: RemotePeerParts) {
    const { channel, ours, init, remote, direction, peerKey, budget, events } = parts;
    this.remote = remote;
    this.direction = direction;
    this.#timer = setInterval(() => this.#checkSilence(), PING_AFTER_MS);
    this.#session = new PeerSession(channel, {
      ours,
      init,
      peer: peerKey,
      handshakeMs: HANDSHAKE_MS,
      budget,
      handler: {
        onReady: () => events.onReady(this),
        onMessage: (message) => events.onMessage(this, message),
        onPong: (bytes) => this.#pongs.shift()?.(bytes),
        onDrain: () => events.onDrain(this),
        onClose: (reason) => {
          clearInterval(this.#timer);
          for (const resolve of this.#pongs.splice(0)) resolve(-1);
          events.onClose(this, reason);
        },
      },
    });
  }

  /** The public key of the peer, 66 hex digits; empty before the handshake. */
  get id(): string {
    return Buffer.from(this.#session.peer ?? []).toString('hex');
  }

  /** The feature bits of the peer, in hex. */
  get features(): string {
    return Buffer.from(this.#session.peerInit?.features ?? []).toString('hex');
  }

  /** Bytes that wait for the peer to read. */
  get pendingBytes(): number {
    return this.#session.pendingBytes;
  }

  get isClosed(): boolean {
    return this.#session.isClosed;
  }

  send(type: number, payload: Uint8Array): void {
    this.#session.send(type, payload);
  }

  /** Sends a ping. Resolves with the bytes of the pong; -1 if the peer disconnects. */
  ping(pongBytes: number, fillerBytes: number, expectsPong = true): Promise<number> {
    return new Promise((resolve) => {
      if (expectsPong) this.#pongs.push(resolve);
      this.#session.ping(pongBytes, fillerBytes);
    });
  }

  /** Charges the peer for work besides that for its messages, in the units of {@link WorkBudget}. */
  charge(units: number): void {
    this.#session.charge(units);
  }

  /** Stops reading, for one of several reasons, so that the peer must wait. */
  pause(reason: PauseReason): void {
    this.#pauses.add(reason);
    this.#session.pause();
  }

  /** Reads on, unless there is another reason to wait. */
  resume(reason: PauseReason): void {
    if (this.#pauses.delete(reason) && this.#pauses.size === 0) this.#session.resume();
  }

  close(reason?: PeerError): void {
    this.#session.close(reason);
  }

  #checkSilence(): void {
    const { silentMs } = this.#session;
    if (silentMs > MAX_SILENT_MS) this.close();
    else if (silentMs > PING_AFTER_MS) void this.ping(0, 0);
  }
}
