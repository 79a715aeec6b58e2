import { onAbort } from '@clnrest/bounds';
import type { Answer } from '../bolt12/request-problem.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { RemotePeers } from '../peers/remote-peers.ts';
import type { World } from '../world/world.ts';
import { connectMember } from './connect-member.ts';
import type { MemberRequest, MemberRequests } from './member-requests.ts';

interface Parts {
  readonly memberRequests: MemberRequests;
  readonly peers: RemotePeers;
  readonly world: World;
}

/**
 * Sends a BOLT 12 message to a node of the shared world. A node that disconnects before its reply never sends one, as in lightningd.
 *
 * @throws CommandError, by its promise, if the node does not run; the reason of the signal
 */
export async function askBolt12(
  id: string,
  request: Extract<MemberRequest, { text: string }>,
  node: Parts,
  signal: AbortSignal,
): Promise<Answer<string>> {
  const peer = await reachMember(id, node);
  try {
    return await node.memberRequests.ask(peer, request, signal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return await aborted(signal);
  }
}

/** The connection to a node. @throws CommandError, by its promise, if the node does not run */
export async function reachMember(id: string, node: Parts): Promise<RemotePeer> {
  return connectMember(id, node).catch((error: unknown) => {
    throw error instanceof CommandError ? unreachable(id, error) : error;
  });
}

function unreachable(id: string, { code, message }: CommandError): CommandError {
  const reason = JSON.stringify({ code, message });
  return new CommandError(
    ErrorCode.offerRouteNotFound,
    `Failed: could not route or connect directly to ${id}: ${reason}`,
  );
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    onAbort(signal, () => reject(signal.reason));
  });
}
