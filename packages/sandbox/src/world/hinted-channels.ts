import type { RouteHop } from '@clnrest/runes/bolt11';
import type { Chain, Output } from './chain.ts';
import type { Channel, Fees } from './channel.ts';
import type { WorldNodes } from './nodes.ts';

/** What is known about a private channel of other nodes, from a route hint and the chain. */
export interface HintedChannel {
  readonly scid: string;
  readonly txid: string;
  readonly vout: number;
  readonly capacitySat: string;
  readonly baseMsat: string;
  readonly ppm: string;
}

const NO_TRAFFIC = { offered: 0n, offeredMsat: 0n, fulfilled: 0n, fulfilledMsat: 0n };

/**
 * A private channel of other nodes, which no table has. Our node does not know its balances, so it assumes that the first node can
 * send everything.
 */
export function channelOfHint(
  key: bigint,
  [from, to]: readonly [bigint, bigint],
  { scid, txid, vout, capacitySat, baseMsat, ppm }: HintedChannel,
  closingTxid?: Buffer,
): Channel {
  const fees: Fees = { feeBaseMsat: BigInt(baseMsat), feePpm: BigInt(ppm) };
  const policy = { ...fees, htlcMinMsat: 0n, htlcMaxMsat: undefined };
  const balanceMsat = BigInt(capacitySat) * 1000n;
  return {
    key,
    opener: from,
    other: to,
    capacitySat: BigInt(capacitySat),
    openerMsat: balanceMsat,
    pushedMsat: 0n,
    announced: false,
    funding: { txid: Buffer.from(txid, 'hex'), vout },
    policy: { ...policy, ignoresFeeLimits: true },
    announcedPolicies: { opener: policy, other: undefined },
    minimums: { ours: 0n, peers: 0n },
    state: 'CHANNELD_NORMAL',
    scid,
    closer: undefined,
    closingTxid,
    changes: [],
    lowestMsat: balanceMsat,
    highestMsat: balanceMsat,
    incoming: NO_TRAFFIC,
    outgoing: NO_TRAFFIC,
    closeScript: Buffer.alloc(0),
    peerScript: undefined,
    pendingMsat: 0n,
    pendingInMsat: 0n,
  };
}

/** The hint of such a channel. */
export function hintOfChannel(channel: Channel): HintedChannel | undefined {
  const policy = channel.announcedPolicies.opener;
  if (!isHinted(channel) || policy === undefined || channel.scid === undefined) return undefined;
  return {
    scid: channel.scid,
    txid: channel.funding.txid.toString('hex'),
    vout: channel.funding.vout,
    capacitySat: String(channel.capacitySat),
    baseMsat: String(policy.feeBaseMsat),
    ppm: String(policy.feePpm),
  };
}

/** Whether the channel is known only from a route hint. */
export function isHinted({ key }: Pick<Channel, 'key'>): boolean {
  return key < 0n;
}

/** The channels of route hints that our node does not know otherwise, and whose nodes are sandboxes of the shared world. */
export function hintedChannels(
  hints: readonly (readonly RouteHop[])[],
  payee: string,
  { chain, nodes, known }: { chain: Chain; nodes: WorldNodes; known: readonly Channel[] },
): Channel[] {
  const scids = new Set(known.map(({ scid }) => scid));
  const found: Channel[] = [];
  for (const route of hints) {
    for (const [index, hop] of route.entries()) {
      const { shortChannelId: scid } = hop;
      const from = nodes.byId(hop.pubkey);
      const to = nodes.byId(route[index + 1]?.pubkey ?? payee);
      const funding = fundingOf(scid, chain);
      const areMembers = from?.member !== undefined && to?.member !== undefined;
      if (!areMembers || funding === undefined || scids.has(scid)) continue;
      scids.add(scid);
      const hint = {
        scid,
        txid: funding.txid.toString('hex'),
        vout: funding.vout,
        capacitySat: String(funding.amountSat),
        baseMsat: String(hop.feeBaseMsat),
        ppm: String(hop.feeProportionalMillionths),
      };
      const key = -1n - BigInt(found.length);
      found.push(channelOfHint(key, [from.number, to.number], hint, funding.spentBy));
    }
  }
  return found;
}

function fundingOf(scid: string, chain: Chain): Output | undefined {
  const [height = 0, position = 0, vout = 0] = scid.split('x').map(Number);
  const transaction = chain.transactionAt(height, position);
  return transaction && chain.output({ txid: transaction.txid, vout });
}
