import { bool, defaulted } from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { addressOf } from '../world/addresses.ts';
import type { Output } from '../world/chain.ts';
import {
  balanceOf,
  capacityMsat,
  channelId,
  isOurs,
  peerOf,
  type Channel,
} from '../world/channel.ts';
import { OURS } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';

export const listfunds = defineCommand({
  name: 'listfunds',
  parameters: { spent: defaulted(bool, false) },
  run: ({ spent }, { node }: CallWith<'identity' | 'world'>) => ({
    outputs: node.world.chain.owned(OURS).flatMap((output) => outputJson(output, spent, node)),
    channels: node.world.channels
      .living()
      .filter(isOurs)
      .map((channel) => channelJson(channel, node.world)),
  }),
});

/** An output stays reserved while its transaction is pending. When a block contains the transaction, it is spent. */
function outputJson(
  output: Output,
  includeSpent: boolean,
  node: NodeWith<'identity' | 'world'>,
): JsonObject[] {
  const { reservedTo, height } = output;
  const { coins } = node.world;
  const isSpent = coins.isSpent(output);
  if (isSpent && !includeSpent) return [];
  const isReserved = !isSpent && coins.isReserved(output);
  return [
    {
      txid: output.txid.toString('hex'),
      output: output.vout,
      amount_msat: output.amountSat * 1000n,
      scriptpubkey: output.script.toString('hex'),
      address: addressOf(output.script, node.identity.network),
      status: isSpent ? 'spent' : height === undefined ? 'unconfirmed' : 'confirmed',
      blockheight: isSpent ? undefined : height,
      reserved: isReserved,
      reserved_to_block: isReserved ? reservedTo : undefined,
    },
  ];
}

function channelJson(channel: Channel, world: World): JsonObject {
  const peer = world.nodes.idOf(peerOf(channel));
  return {
    peer_id: peer,
    connected: channel.closingTxid === undefined && world.connections.has(peer),
    state: channel.state,
    channel_id: channelId(channel),
    short_channel_id: channel.scid,
    our_amount_msat: balanceOf(channel, OURS),
    amount_msat: capacityMsat(channel),
    funding_txid: channel.funding.txid.toString('hex'),
    funding_output: channel.funding.vout,
  };
}
