import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { RemotePeers } from '../peers/remote-peers.ts';
import type { World } from '../world/world.ts';

/**
 * The connection to a node of the shared world. Connects if necessary.
 *
 * @throws CommandError, by its promise, with the code and text of `connect`
 */
export async function connectMember(
  id: string,
  { peers, world }: { readonly peers: RemotePeers; readonly world: World },
): Promise<RemotePeer> {
  const connected = peers.byId(id);
  if (connected !== undefined) return connected;
  const address = world.shared?.journal.member(id);
  if (address === undefined) {
    throw new CommandError(
      ErrorCode.connectNoAddress,
      'Unable to connect, no address known for peer',
    );
  }
  return peers.connect(id, address.host, address.port);
}
