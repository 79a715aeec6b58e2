import { randomBytes } from 'node:crypto';
import { channelId, isOurs, peerOf, type Channel } from '../world/channel.ts';
import type { Forward } from '../world/forward.ts';
import { FINAL_DELAY, type ForwardRequest } from '../world/forwards.ts';
import { OURS } from '../world/nodes.ts';
import { hashOf } from '../world/payments.ts';
import type { World } from '../world/world.ts';
import { type HookNode, isHooked } from './chain.ts';
import { callHtlcAccepted } from './htlc-accepted.ts';
import { refused } from './incoming-payment.ts';

/** Forwards a payment. If plugins registered the hook `htlc_accepted`, they decide first. */
export function forwardPayment(
  node: HookNode & { readonly world: World },
  request: ForwardRequest,
): Forward | Promise<Forward> {
  if (isHooked(node, 'htlc_accepted')) return forwardHooked(node, request);
  return node.world.forwards.forward(request);
}

async function forwardHooked(
  node: HookNode & { readonly world: World },
  request: ForwardRequest,
): Promise<Forward> {
  const { incoming, outgoing, inMsat, outMsat } = request;
  const { chain, context, forwards, nodes } = node.world;
  const preimage = randomBytes(32);
  const cltv = chain.height + FINAL_DELAY;
  const decision = await callHtlcAccepted(node, {
    peerId: nodes.idOf(peerOf(incoming)),
    channel: incoming.scid ?? '',
    id: incoming.incoming.offered,
    amountMsat: inMsat,
    blockheight: chain.height,
    cltvExpiry: cltv + context.channelDefaults.cltvDelta,
    paymentHash: hashOf(preimage),
    onion: {
      forwardMsat: outMsat,
      cltv,
      next: { scid: outgoing.scid ?? '', channelId: channelId(outgoing) },
    },
  });
  if (decision.kind !== 'continue') {
    const hop = {
      channel: incoming,
      from: peerOf(incoming),
      to: OURS,
      amountMsat: inMsat,
      delay: 0,
    };
    // A plugin cannot know the preimage, so it cannot resolve the payment.
    node.world.payments.incoming.refuse(hop, hashOf(preimage));
    throw refused(decision.kind === 'fail' ? decision.message : undefined);
  }
  const chosen = channelWithId(node.world, decision.forwardTo) ?? outgoing;
  return forwards.forward({ ...request, outgoing: chosen }, preimage);
}

/** The channel that a plugin forwards to. */
function channelWithId({ channels }: World, id: string | undefined): Channel | undefined {
  return channels.living().find((channel) => isOurs(channel) && channelId(channel) === id);
}
