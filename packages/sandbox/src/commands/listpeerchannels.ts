import { nodeId, optional, shortChannelId } from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { channelIdBytes } from '../params/texts.ts';
import { addressOf } from '../world/addresses.ts';
import {
  announcedPolicy,
  balanceOf,
  capacityMsat,
  channelId,
  CHANNEL_TYPE,
  CLTV_DELTA,
  directionFrom,
  isOurs,
  limitsOf,
  peerOf,
  reserveMsat,
  spendableMsat,
  TO_SELF_DELAY,
  type Channel,
} from '../world/channel.ts';
import { stateName } from '../world/htlc-store.ts';
import { OURS } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const ANY_AMOUNT = (1n << 64n) - 1n;
const DUST_LIMIT_MSAT = 546_000n;

export const listpeerchannels = defineCommand({
  name: 'listpeerchannels',
  parameters: {
    id: optional(nodeId),
    short_channel_id: optional(shortChannelId),
    channel_id: optional(channelIdBytes),
  },
  validate({ id, short_channel_id, channel_id }) {
    if ([id, short_channel_id, channel_id].filter((one) => one !== undefined).length < 2) return;
    throw new CommandError(
      ErrorCode.invalidParams,
      'Must not specify more than one of short_channel_id, channel_id or id',
    );
  },
  run: ({ id, short_channel_id, channel_id }, { node }: CallWith<'identity' | 'world'>) => ({
    channels: node.world.channels
      .living()
      .filter(isOurs)
      .filter(
        (channel) =>
          (id === undefined || peerId(channel, node.world) === id) &&
          (short_channel_id === undefined || channel.scid === short_channel_id) &&
          (channel_id === undefined || channelId(channel) === channel_id.toString('hex')),
      )
      .map((channel) => channelJson(channel, node)),
  }),
});

function peerId(channel: Channel, world: World): string {
  return world.nodes.idOf(peerOf(channel));
}

function channelJson(channel: Channel, node: NodeWith<'identity' | 'world'>): JsonObject {
  const { state, scid } = channel;
  const peer = peerId(channel, node.world);
  const connected = node.world.connections.has(peer);
  const isLive = channel.closingTxid === undefined;
  const capacity = capacityMsat(channel);
  const weOpened = channel.opener === OURS;
  const peerNumber = peerOf(channel);
  const remote = announcedPolicy(channel, peerNumber);
  const remoteLimits = limitsOf(channel, remote);
  const update = {
    htlc_minimum_msat: remoteLimits.minimumMsat,
    htlc_maximum_msat: remoteLimits.maximumMsat,
    cltv_expiry_delta: CLTV_DELTA,
    fee_base_msat: remote.feeBaseMsat,
    fee_proportional_millionths: remote.feePpm,
  };
  const { incoming, outgoing, policy, minimums } = channel;
  const limits = limitsOf(channel);
  const local = {
    htlc_minimum_msat: limits.minimumMsat,
    htlc_maximum_msat: limits.maximumMsat,
    cltv_expiry_delta: node.world.context.channelDefaults.cltvDelta,
    fee_base_msat: policy.feeBaseMsat,
    fee_proportional_millionths: policy.feePpm,
  };
  return {
    peer_id: peer,
    peer_connected: connected,
    reestablished: connected ? true : undefined,
    channel_type: CHANNEL_TYPE,
    ignore_fee_limits: policy.ignoresFeeLimits,
    updates: { local, remote: scid === undefined ? undefined : update },
    state,
    lost_state: false,
    feerate: { perkw: 253, perkb: 1012 },
    owner: connected && isLive ? 'channeld' : state === 'ONCHAIN' ? 'onchaind' : undefined,
    short_channel_id: scid,
    direction: directionFrom(node.identity.id, peer),
    channel_id: channelId(channel),
    funding_txid: channel.funding.txid.toString('hex'),
    funding_outnum: channel.funding.vout,
    close_to_addr: addressOf(channel.closeScript, node.identity.network),
    close_to: channel.closeScript.toString('hex'),
    private: !channel.announced,
    opener: weOpened ? 'local' : 'remote',
    closer: channel.closer,
    features: ['option_static_remotekey', 'option_anchors'],
    funding: {
      local_funds_msat: weOpened ? capacity : 0,
      remote_funds_msat: weOpened ? 0 : capacity,
      pushed_msat: channel.pushedMsat === 0n ? undefined : channel.pushedMsat,
      withheld: false,
    },
    to_us_msat: balanceOf(channel, OURS),
    min_to_us_msat: channel.lowestMsat,
    max_to_us_msat: channel.highestMsat,
    total_msat: capacity,
    fee_base_msat: policy.feeBaseMsat,
    fee_proportional_millionths: policy.feePpm,
    dust_limit_msat: DUST_LIMIT_MSAT,
    their_max_htlc_value_in_flight_msat: ANY_AMOUNT,
    our_max_htlc_value_in_flight_msat: ANY_AMOUNT,
    their_reserve_msat: reserveMsat(channel),
    our_reserve_msat: reserveMsat(channel),
    spendable_msat: atLeast(spendableMsat(channel, OURS), minimums.peers),
    receivable_msat: atLeast(spendableMsat(channel, peerNumber), minimums.ours),
    minimum_htlc_in_msat: minimums.ours,
    minimum_htlc_out_msat: limits.minimumMsat,
    maximum_htlc_out_msat: limits.maximumMsat,
    their_to_self_delay: TO_SELF_DELAY,
    our_to_self_delay: TO_SELF_DELAY,
    max_accepted_htlcs: 483,
    state_changes: channel.changes.map((change) => ({ ...change })),
    status: [`${state}:${statusOf(channel)}`],
    in_payments_offered: incoming.offered,
    in_offered_msat: incoming.offeredMsat,
    in_payments_fulfilled: incoming.fulfilled,
    in_fulfilled_msat: incoming.fulfilledMsat,
    out_payments_offered: outgoing.offered,
    out_offered_msat: outgoing.offeredMsat,
    out_payments_fulfilled: outgoing.fulfilled,
    out_fulfilled_msat: outgoing.fulfilledMsat,
    htlcs: pendingHtlcs(channel, node.world),
  };
}

/** An amount of which a smaller part cannot be sent. */
function atLeast(amountMsat: bigint, minimumMsat: bigint): bigint {
  return amountMsat < minimumMsat ? 0n : amountMsat;
}

function pendingHtlcs({ key }: Channel, { htlcs }: World): JsonObject[] {
  return htlcs.pending(key).map((htlc) => ({
    direction: htlc.direction,
    id: htlc.id,
    amount_msat: htlc.amountMsat,
    expiry: htlc.expiry,
    payment_hash: htlc.paymentHash.toString('hex'),
    state: stateName(htlc),
    // The transaction has no output for the amount. HTLC transactions of channels with anchors are free.
    local_trimmed: htlc.amountMsat < DUST_LIMIT_MSAT ? true : undefined,
    status: htlc.status,
  }));
}

/** A description of the channel's state. */
function statusOf({ state }: Channel): string {
  switch (state) {
    case 'CHANNELD_AWAITING_LOCKIN':
      return 'Funding needs 1 more confirmations to be ready.';
    case 'CHANNELD_NORMAL':
      return 'Channel ready for use.';
    case 'CHANNELD_SHUTTING_DOWN':
    case 'CLOSINGD_SIGEXCHANGE':
    case 'CLOSINGD_COMPLETE':
      return 'Closing, waiting for a block.';
    case 'AWAITING_UNILATERAL':
      return 'Closing alone, waiting for a block.';
    case 'FUNDING_SPEND_SEEN':
    case 'ONCHAIN':
      return 'Closed on the chain.';
    case 'CLOSED':
      return 'Forgotten.';
  }
}
