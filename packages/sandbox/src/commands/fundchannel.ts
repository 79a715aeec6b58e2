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
import type { CallWith, NodeWith } from '../node.ts';
import { feerate as readFeerate } from '../params/feerate.ts';
import { txouts } from '../params/psbt.ts';
import { channelType, satoshi, satoshiOrAll } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import { channelId, CHANNEL_TYPE } from '../world/channel.ts';
import { DUST_LIMIT_SAT } from '../world/coin-selection.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';
import { askToOpen } from '../shared-world/ask-to-open.ts';
import { connectMember } from '../shared-world/connect-member.ts';
import type { Opened, Opening, OpeningCosts } from '../world/world.ts';
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
      { node }: CallWith<'log' | 'memberRequests' | 'peers' | 'plugins' | 'world'>,
    ) {
      const peer = node.world.nodes.byId(id.toLowerCase());
      if (peer === undefined) {
        throw new CommandError(
          ErrorCode.connectNoAddress,
          'Unable to connect, no address known for peer',
          { id, method: 'connect' },
        );
      }
      const opening: Opening = { peer, amount, pushMsat, announce };
      // lightningd reads the feerate and the outpoints after it has connected.
      const costs = (): OpeningCosts => ({
        perKw: feerate === undefined ? FEERATE_PERKW : readFeerate(feerate, 'feerate'),
        source:
          utxos === undefined || utxos.items.length === 0
            ? { minimumDepth: minconf }
            : { coins: usableCoins(txouts(utxos, 'utxos'), node) },
      });
      if (peer.member !== undefined) {
        return openWithMember(id, opening, costs, node).then((opened) => openedJson(opened));
      }
      const open = (): CommandResult => openedJson(node.world.open([opening], costs()));
      const disconnected = ({ code, message }: CommandError): never => {
        throw new CommandError(code, message, { id, method: 'connect' });
      };
      return connectPeer(node, peer, 'out')?.catch(disconnected).then(open) ?? open();
    },
  }),
);

/** Opens a channel with a node of the shared world, which can refuse it. Connects first if necessary. */
async function openWithMember(
  id: string,
  opening: Opening,
  costs: () => OpeningCosts,
  node: NodeWith<'memberRequests' | 'peers' | 'world'>,
): Promise<Opened> {
  const { memberRequests, world } = node;
  const peer = await connectMember(id, node).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(error.code, error.message, { id, method: 'connect' });
  });
  const [capacitySat = 0n] = world.plannedCapacities([opening], costs());
  const { pushMsat } = opening;
  const accepted = await askToOpen(memberRequests, peer, { capacitySat, pushMsat });
  return world.open([{ ...opening, accepted }], costs());
}

function openedJson({ channels, txid, raw }: Opened): CommandResult {
  return {
    tx: raw.toString('hex'),
    txid: txid.toString('hex'),
    channel_id: channels.map(channelId)[0],
    channel_type: CHANNEL_TYPE,
    outnum: 0,
  };
}

function destinationError(problem: string, id: string, amount: bigint | 'all'): CommandError {
  const destination = `{"id":${JSON.stringify(id)},"amount":${amount === 'all' ? '"all"' : amount}}`;
  return new CommandError(
    ErrorCode.invalidParams,
    `destinations: ${problem}: invalid token '${destination}'`,
  );
}
