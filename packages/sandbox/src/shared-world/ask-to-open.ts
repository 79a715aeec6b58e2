import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { MemberRequests } from './member-requests.ts';

/**
 * Asks a node of the shared world to accept a channel. Resolves with the script that receives its balance when the channel closes.
 *
 * @throws CommandError, by its promise, if the node refuses or disconnects
 */
export async function askToOpen(
  requests: MemberRequests,
  peer: RemotePeer,
  { capacitySat, pushMsat }: { readonly capacitySat: bigint; readonly pushMsat: bigint },
): Promise<Buffer> {
  const answer = await requests.ask(peer, {
    name: 'open',
    capacitySat: String(capacitySat),
    pushMsat: String(pushMsat),
  });
  if ('sent' in answer) return Buffer.from(answer.sent, 'hex');
  throw new CommandError(ErrorCode.general, `They sent error ${answer.problem}`);
}
