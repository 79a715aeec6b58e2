import type { CallWith } from '../node.ts';
import { msat } from '../params/amounts.ts';
import { defaulted, optional, required } from '../params/declaration.ts';
import { bool, number } from '../params/numbers.ts';
import { anything, nodeId, string } from '../params/texts.ts';
import { outpoints, satoshiOrAll } from '../params/world.ts';
import { channelId } from '../world/channel.ts';
import { DUST_SAT } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { coinsAt } from './withdraw.ts';

export const fundchannel = defineCommand({
  name: 'fundchannel',
  parameters: {
    id: required(nodeId),
    amount: required(satoshiOrAll),
    feerate: optional(anything),
    announce: defaulted(bool, true),
    minconf: defaulted(number, 1),
    utxos: optional(outpoints),
    push_msat: defaulted(msat, 0n),
    close_to: optional(string),
    request_amt: optional(anything),
    compact_lease: optional(anything),
    mindepth: optional(number),
    reserve: optional(anything),
    channel_type: optional(anything),
  },
  validate({ amount }) {
    if (amount === 'all' || amount >= DUST_SAT) return;
    throw new CommandError(ErrorCode.invalidParams, 'amount: output would be dust');
  },
  run({ id, amount, announce, minconf, push_msat: pushMsat, utxos }, { node }: CallWith<'world'>) {
    const peer = node.world.nodes.byId(id);
    if (peer === undefined) {
      throw new CommandError(
        ErrorCode.connectNoAddress,
        'Unable to connect, no address known for peer',
        { id, method: 'connect' },
      );
    }
    node.world.connections.connect(peer, 'out');
    const { channel, funding } = node.world.open({
      peer,
      amount,
      pushMsat,
      announce,
      minimumDepth: minconf,
      ...(utxos === undefined ? {} : { coins: coinsAt(utxos, node.world) }),
    });
    return {
      tx: funding.raw.toString('hex'),
      txid: funding.txid.toString('hex'),
      channel_id: channelId(channel),
      channel_type: { bits: [12, 22], names: ['static_remotekey/even', 'anchors/even'] },
      outnum: 0,
    };
  },
});
