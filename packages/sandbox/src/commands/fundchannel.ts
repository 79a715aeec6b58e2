import {
  anything,
  array,
  bool,
  defaulted,
  msat,
  nodeIdOf,
  number,
  optional,
  required,
  string,
  u32,
} from '@clnrest/lightningd/parameters';
import { connectPeer } from '../hooks/peer-connected.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { feerate as readFeerate } from '../params/feerate.ts';
import { txouts } from '../params/psbt.ts';
import { channelType, satoshi, satoshiOrAll } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import { channelId, CHANNEL_TYPE } from '../world/channel.ts';
import { DUST_LIMIT_SAT } from '../world/coin-selection.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { usableCoins } from './fundpsbt.ts';

export const fundchannel = withPsbts(
  defineCommand({
    name: 'fundchannel',
    parameters: {
      id: required(string),
      amount: required(satoshiOrAll),
      feerate: optional(anything),
      announce: defaulted(bool, true),
      minconf: defaulted(number, 1),
      utxos: optional(array),
      push_msat: defaulted(msat, 0n),
      close_to: optional(string),
      request_amt: optional(anything),
      compact_lease: optional(anything),
      mindepth: optional(u32),
      reserve: optional(satoshi),
      channel_type: optional(channelType),
    },
    validate({ id, amount, request_amt, compact_lease }) {
      if (request_amt !== undefined && compact_lease === undefined) {
        throw new CommandError(
          ErrorCode.invalidParams,
          "Must pass in 'compact_lease' if requesting funds from peer",
        );
      }
      // lightningd passes the channel on to multifundchannel, whose errors these are.
      if (nodeIdOf(id) === undefined) throw destinationError('invalid node id', id, amount);
      if (amount !== 'all' && amount < DUST_LIMIT_SAT) {
        throw destinationError('output would be dust', id, amount);
      }
    },
    run(
      { id, amount, feerate, announce, minconf, push_msat: pushMsat, utxos },
      { node }: CallWith<'log' | 'plugins' | 'world'>,
    ) {
      const peer = node.world.nodes.byId(id.toLowerCase());
      if (peer === undefined) {
        throw new CommandError(
          ErrorCode.connectNoAddress,
          'Unable to connect, no address known for peer',
          { id, method: 'connect' },
        );
      }
      const open = (): CommandResult => {
        const { channels, txid, raw } = node.world.open([{ peer, amount, pushMsat, announce }], {
          perKw: feerate === undefined ? FEERATE_PERKW : readFeerate(feerate, 'feerate'),
          // lightningd reads the feerate and the outpoints after it has connected.
          source:
            utxos === undefined || utxos.items.length === 0
              ? { minimumDepth: minconf }
              : { coins: usableCoins(txouts(utxos, 'utxos'), node) },
        });
        return {
          tx: raw.toString('hex'),
          txid: txid.toString('hex'),
          channel_id: channels.map(channelId)[0],
          channel_type: CHANNEL_TYPE,
          outnum: 0,
        };
      };
      const disconnected = ({ code, message }: CommandError): never => {
        throw new CommandError(code, message, { id, method: 'connect' });
      };
      return connectPeer(node, peer, 'out')?.catch(disconnected).then(open) ?? open();
    },
  }),
);

function destinationError(problem: string, id: string, amount: bigint | 'all'): CommandError {
  const destination = `{"id":${JSON.stringify(id)},"amount":${amount === 'all' ? '"all"' : amount}}`;
  return new CommandError(
    ErrorCode.invalidParams,
    `destinations: ${problem}: invalid token '${destination}'`,
  );
}
