import { type PeerMessage, readPiece } from '@clnrest/commando/peer';
import { CommandoServer } from '../commando/commando-server.ts';
import { isHooked } from '../hooks/chain.ts';
import { callCustommsg } from '../hooks/custommsg.ts';
import { acceptsRemotePeer } from '../hooks/peer-connected.ts';
import type { Node } from '../node.ts';
import { answerMember } from '../shared-world/answer-member.ts';
import type { RemotePeer } from './remote-peer.ts';
import type { PeerServices } from './remote-peers.ts';

/** Messages of a peer that plugins have not handled yet, at which the peer must wait. */
const MAX_HOOKED = 64;

/** What the node does with its peers: commando, and the hooks of plugins. */
export function peerServices(node: Node): PeerServices {
  const server = new CommandoServer(node);
  const hooked = new HookedMessages(node);
  node.memberRequests.serve(answerMember(node));
  return {
    accepts: (peer) => acceptsRemotePeer(node, peer),
    handle(peer, message) {
      if (node.memberRequests.handle(peer, message)) return true;
      hooked.push(peer, message);
      const piece = readPiece(message);
      if (piece === undefined) return node.plugins.acceptsMessage(message.type);
      if (piece.kind === 'command') server.push(peer, piece);
      else node.outgoing.push(peer, piece);
      return true;
    },
    onDrain: (peer) => server.onDrain(peer),
    onConnect: (peer) => node.memberRequests.onConnect(peer),
    onDisconnect(peer) {
      server.onDisconnect(peer);
      node.outgoing.onDisconnect(peer);
    },
    onLost: (id) => node.memberRequests.onLost(id),
    isMember: (id) => node.world.nodes.byId(id)?.member !== undefined,
  };
}

/** Passes messages to the plugins that subscribe to `custommsg`, and to those with its hook. */
class HookedMessages {
  readonly #node: Node;
  readonly #waiting = new WeakMap<RemotePeer, number>();

  constructor(node: Node) {
    this.#node = node;
  }

  push(peer: RemotePeer, { type, payload }: PeerMessage): void {
    const whole = (): Buffer => {
      const message = Buffer.alloc(2 + payload.length);
      message.writeUInt16BE(type);
      message.set(payload, 2);
      return message;
    };
    this.#node.world.notifier.native('custommsg', () => ({
      peer_id: peer.id,
      payload: whole().toString('hex'),
    }));
    if (!isHooked(this.#node, 'custommsg')) return;
    const message = whole();
    void this.#call(peer, message);
  }

  async #call(peer: RemotePeer, message: Buffer): Promise<void> {
    this.#count(peer, 1);
    // It fails only when the node stops, or a plugin stops it.
    await callCustommsg(this.#node, peer.id, message).catch(() => undefined);
    this.#count(peer, -1);
  }

  #count(peer: RemotePeer, change: number): void {
    const waiting = (this.#waiting.get(peer) ?? 0) + change;
    this.#waiting.set(peer, waiting);
    if (waiting >= MAX_HOOKED) peer.pause('hooked');
    else if (change < 0 && waiting === MAX_HOOKED - 1) peer.resume('hooked');
  }
}
