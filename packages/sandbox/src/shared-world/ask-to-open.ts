import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { AnnouncedPolicy } from '../world/channel.ts';
import { policyOfTerms, termsOf } from './channel-terms.ts';
import type { MemberRequests } from './member-requests.ts';
import type { ChannelTerms } from './records.ts';

/** What a node answers that accepts a channel. */
export interface Acceptance {
  /** The script that receives its balance when the channel closes. */
  readonly script: Buffer;
  /** What its options demand. */
  readonly terms: AnnouncedPolicy;
}

/** The acceptance as JSON. */
export function acceptanceText({ script, terms }: Acceptance): string {
  return JSON.stringify({ script: script.toString('hex'), terms: termsOf(terms) });
}

/**
 * Asks a node of the shared world to accept a channel.
 *
 * @throws CommandError, by its promise, if the node refuses or disconnects
 */
export async function askToOpen(
  requests: MemberRequests,
  peer: RemotePeer,
  { capacitySat, pushMsat }: { readonly capacitySat: bigint; readonly pushMsat: bigint },
): Promise<Acceptance> {
  const answer = await requests.ask(peer, {
    name: 'open',
    capacitySat: String(capacitySat),
    pushMsat: String(pushMsat),
  });
  if ('sent' in answer) return acceptanceOf(answer.sent);
  throw new CommandError(ErrorCode.general, `They sent error ${answer.problem}`);
}

/** @throws CommandError if the node is of another version, or hostile */
function acceptanceOf(text: string): Acceptance {
  try {
    const { script, terms } = JSON.parse(text) as { script: string; terms: ChannelTerms };
    const amounts = [terms.baseMsat, terms.ppm, terms.minMsat ?? '0'];
    const isValid =
      /^(?:[0-9a-f]{2}){1,100}$/.test(script) &&
      amounts.every((amount) => /^[0-9]{1,18}$/.test(amount)) &&
      /^[0-9]{1,20}$/.test(terms.maxMsat ?? '0');
    if (isValid) return { script: Buffer.from(script, 'hex'), terms: policyOfTerms(terms) };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new CommandError(ErrorCode.general, 'They sent an answer that is not valid');
}
