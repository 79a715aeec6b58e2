import type { PeerMessage } from '@clnrest/commando/peer';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { World } from '../world/world.ts';

/** An odd type of the range for experiments (BOLT 1): other nodes ignore it. */
const OPEN_MESSAGE = 54_321;

/** A channel that a node of the shared world wants to open. */
export interface ChannelOffer {
  readonly peerId: string;
  readonly capacitySat: bigint;
  readonly pushMsat: bigint;
}

/** The parts of the node that {@link OpenRequests} uses. */
interface Parts {
  readonly world: World;
  /** Lets plugins decide about an offer. Resolves with the message for the peer if one rejects it. */
  readonly refusal: (offer: ChannelOffer) => Promise<string | undefined>;
}

/** An offer as a message carries it. */
interface OpenRequest {
  readonly capacitySat: string;
  readonly pushMsat: string;
}

type Message =
  | { readonly kind: 'open'; readonly id: number; readonly request: OpenRequest }
  | { readonly kind: 'accept'; readonly id: number; readonly script: string }
  | { readonly kind: 'reject'; readonly id: number; readonly message: string };

interface Waiting {
  readonly peer: RemotePeer;
  readonly resolve: (script: Buffer) => void;
  readonly reject: (error: CommandError) => void;
}

/** Asks nodes of the shared world to accept channels, over their connections, and answers such requests. */
export class OpenRequests {
  readonly #parts: Parts;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Asks a node to accept a channel. Resolves with the script that receives its balance when the channel closes.
   *
   * @throws CommandError, by its promise, if the node refuses or disconnects
   */
  ask(peer: RemotePeer, capacitySat: bigint, pushMsat: bigint): Promise<Buffer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { peer, resolve, reject });
      const request = { capacitySat: String(capacitySat), pushMsat: String(pushMsat) };
      send(peer, { kind: 'open', id, request });
    });
  }

  /** @returns false if the message is another one */
  handle(peer: RemotePeer, { type, payload }: PeerMessage): boolean {
    if (type !== OPEN_MESSAGE || this.#parts.world.nodes.byId(peer.id)?.member === undefined) {
      return false;
    }
    const message = readMessage(payload);
    if (message === undefined) return false;
    if (message.kind === 'open') void this.#answer(peer, message.id, message.request);
    else this.#settle(peer, message);
    return true;
  }

  onDisconnect(peer: RemotePeer): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.peer !== peer) continue;
      this.#waiting.delete(id);
      waiting.reject(new CommandError(ErrorCode.general, 'Disconnected'));
    }
  }

  async #answer(
    peer: RemotePeer,
    id: number,
    { capacitySat, pushMsat }: OpenRequest,
  ): Promise<void> {
    const offer = {
      peerId: peer.id,
      capacitySat: BigInt(capacitySat),
      pushMsat: BigInt(pushMsat),
    };
    // It fails only when the node stops, or a plugin stops it.
    const refusal = await this.#parts.refusal(offer).catch(() => 'the node stops');
    if (peer.isClosed) return;
    if (refusal !== undefined) {
      send(peer, { kind: 'reject', id, message: refusal });
      return;
    }
    send(peer, {
      kind: 'accept',
      id,
      script: this.#parts.world.wallet.newScript().toString('hex'),
    });
  }

  #settle(peer: RemotePeer, message: Exclude<Message, { kind: 'open' }>): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting?.peer !== peer) return;
    this.#waiting.delete(message.id);
    if (message.kind === 'accept') waiting.resolve(Buffer.from(message.script, 'hex'));
    else waiting.reject(new CommandError(ErrorCode.general, `They sent error ${message.message}`));
  }
}

function send(peer: RemotePeer, message: Message): void {
  peer.send(OPEN_MESSAGE, Buffer.from(JSON.stringify(message)));
}

/** A node of the world can be of another version, or hostile: it gets no answer to a malformed message. */
function readMessage(payload: Uint8Array): Message | undefined {
  try {
    const message = JSON.parse(Buffer.from(payload).toString()) as Message;
    if (typeof message.id !== 'number') return undefined;
    switch (message.kind) {
      case 'open': {
        const { capacitySat, pushMsat } = message.request;
        return [capacitySat, pushMsat].every((text) => /^[0-9]{1,19}$/.test(text))
          ? message
          : undefined;
      }
      case 'accept':
        return /^(?:[0-9a-f]{2}){1,64}$/.test(message.script) ? message : undefined;
      case 'reject':
        return typeof message.message === 'string' ? message : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
