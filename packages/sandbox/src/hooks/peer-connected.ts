import { member } from '@clnrest/json/tokens';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { FEATURES } from '../features.ts';
import { addressText } from '../peers/peer-listener.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { Attempt } from '../world/connections.ts';
import type { WorldNode } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { callHook, hasResult, type HookNode, invalidResponse, isHooked } from './chain.ts';

type PeerNode = HookNode & { readonly world: World };

/**
 * Connects a peer, if the plugins with the hook `peer_connected` accept it. Returns undefined if no plugin has the hook and
 * the peer is connected.
 *
 * @throws CommandError, by a promise, if a plugin disconnects the peer
 */
export function connectPeer(
  node: PeerNode,
  peer: WorldNode,
  direction: 'in' | 'out',
  attempt?: Attempt,
): Promise<void> | undefined {
  const { connections } = node.world;
  if (connections.has(peer.id)) return undefined;
  if (!isHooked(node, 'peer_connected')) {
    connections.connect(peer, direction, attempt);
    return undefined;
  }
  const caller = { id: peer.id, direction, addr: `127.0.0.1:${connections.port(peer)}` };
  return callPeerConnected(node, { ...caller, features: FEATURES.init }).then((refusal) => {
    if (refusal === undefined) return connections.connect(peer, direction, attempt);
    throw new CommandError(ErrorCode.connectDisconnected, 'disconnected during connection');
  });
}

/** Whether the plugins with the hook accept a peer of the Lightning protocol. A promise only if a plugin decides. */
export function acceptsRemotePeer(node: HookNode, peer: RemotePeer): true | Promise<boolean> {
  if (!isHooked(node, 'peer_connected')) return true;
  const { id, direction, features, remote } = peer;
  const caller = { id, direction, addr: addressText(remote), features };
  return callPeerConnected(node, caller).then((refusal) => refusal === undefined);
}

/** A peer as the hook describes it. */
interface ConnectingPeer {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly addr: string;
  readonly features: string;
}

/** Calls the hook. Resolves with the message for the peer if a plugin disconnects it. */
async function callPeerConnected(
  node: HookNode,
  { id, direction, addr, features }: ConnectingPeer,
): Promise<string | undefined> {
  let refusal: string | undefined;
  await callHook(node, {
    name: 'peer_connected',
    params: () => ({
      peer: { id, direction, addr, features },
    }),
    read(response) {
      if (hasResult(response, 'continue')) return true;
      if (!hasResult(response, 'disconnect')) {
        return invalidResponse(
          node,
          `Plugin returned an invalid response to the peer_connected hook: ${response.raw}`,
        );
      }
      refusal = member(response, 'error_message')?.text ?? '';
      node.log.log('debug', `peer_connected hook rejects and says '${refusal}'`);
      return false;
    },
  });
  return refusal;
}
