import { nodeId, optional } from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import {
  balanceOf,
  capacityMsat,
  channelId,
  CHANNEL_TYPE,
  isOurs,
  peerOf,
  type Channel,
} from '../world/channel.ts';
import { OURS } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';

export const listclosedchannels = defineCommand({
  name: 'listclosedchannels',
  parameters: { id: optional(nodeId) },
  run: ({ id }, { node: { world } }: CallWith<'world'>) => ({
    closedchannels: world.channels
      .closed()
      .filter(isOurs)
      .filter((channel) => id === undefined || world.nodes.idOf(peerOf(channel)) === id)
      .map((channel) => closedChannelJson(channel, world)),
  }),
});

function closedChannelJson(channel: Channel, world: World): JsonObject {
  const { incoming, outgoing, pushedMsat, closingTxid } = channel;
  // Each HTLC changes the commitment transactions of both sides twice: when it is added, and when it is removed.
  const commitments = (incoming.offered + outgoing.offered) * 2n;
  return {
    peer_id: world.nodes.idOf(peerOf(channel)),
    channel_id: channelId(channel),
    short_channel_id: channel.scid,
    opener: channel.opener === OURS ? 'local' : 'remote',
    closer: channel.closer,
    private: !channel.announced,
    channel_type: CHANNEL_TYPE,
    total_local_commitments: commitments,
    total_remote_commitments: commitments,
    total_htlcs_sent: outgoing.offered,
    funding_txid: channel.funding.txid.toString('hex'),
    funding_outnum: channel.funding.vout,
    leased: false,
    funding_pushed_msat: pushedMsat === 0n ? undefined : pushedMsat,
    funding_withheld: false,
    total_msat: capacityMsat(channel),
    final_to_us_msat: balanceOf(channel, OURS),
    min_to_us_msat: channel.lowestMsat,
    max_to_us_msat: channel.highestMsat,
    // lightningd's last transaction of the channel is the one that closed it.
    last_commitment_txid: closingTxid?.toString('hex'),
    last_commitment_fee_msat: closingTxid && closingFeeMsat(channel, closingTxid, world),
    close_cause: channel.changes.at(-1)?.cause ?? 'unknown',
  };
}

function closingFeeMsat(channel: Channel, closingTxid: Buffer, { chain }: World): bigint {
  const outputs = chain.outputsOf(closingTxid);
  return capacityMsat(channel) - outputs.reduce((sum, each) => sum + each.amountSat * 1000n, 0n);
}
