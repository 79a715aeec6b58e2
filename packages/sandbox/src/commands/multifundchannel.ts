import type { JsonToken } from '@clnrest/json/tokens';
import {
  anything,
  array,
  bool,
  defaulted,
  invalidToken,
  msat,
  nodeIdOf,
  number,
  optional,
  type Parser,
  readParams,
  required,
  string,
  u32,
} from '@clnrest/lightningd/parameters';
import { connectPeer } from '../hooks/peer-connected.ts';
import type { CommandResult, JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { feerate as readFeerate } from '../params/feerate.ts';
import { txouts } from '../params/psbt.ts';
import { channelType, satoshi, satoshiOrAll } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import { type Amount, DUST_LIMIT_SAT } from '../world/coin-selection.ts';
import { channelId, CHANNEL_TYPE } from '../world/channel.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';
import { askToOpen } from '../shared-world/ask-to-open.ts';
import { connectMember } from '../shared-world/connect-member.ts';
import type { Opening, OpeningCosts } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { usableCoins } from './fundpsbt.ts';

type Parts = 'log' | 'memberRequests' | 'peers' | 'plugins' | 'world';

/** A channel to open. */
interface Destination {
  readonly id: string;
  readonly amount: Amount;
  readonly announce: boolean;
  readonly pushMsat: bigint;
}

const DESTINATION = {
  id: required(string),
  amount: required(satoshiOrAll),
  announce: defaulted(bool, true),
  push_msat: defaulted(msat, 0n),
  close_to: optional(string),
  request_amt: defaulted(satoshi, 0n),
  compact_lease: optional(anything),
  mindepth: optional(u32),
  reserve: optional(satoshi),
  channel_type: optional(channelType),
};

const destinations: Parser<Destination[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'must be an array', token);
  if (token.items.length === 0) throw invalidToken(name, 'must have at least one entry', token);
  const read: Destination[] = [];
  for (const item of token.items) read.push(destinationOf(item, name, read));
  return read;
};

function destinationOf(item: JsonToken, name: string, before: readonly Destination[]): Destination {
  const reject = (problem: string): Error => invalidToken(name, problem, item);
  if (item.type !== 'object' && item.type !== 'array') {
    throw new CommandError(ErrorCode.invalidParams, 'Expected array or object for params');
  }
  const values = readParams(DESTINATION, item, { developer: false });
  const { amount, announce, push_msat: pushMsat } = values;
  const id = nodeIdOf(values.id.split('@')[0] ?? '');
  if (id === undefined) throw reject('invalid node id');
  if (amount !== 'all' && amount < DUST_LIMIT_SAT) throw reject('output would be dust');
  if (values.request_amt > 0n && values.compact_lease === undefined) {
    throw reject("Must pass in 'compact_lease' if requesting funds from peer");
  }
  if (amount === 'all' && before.some((one) => one.amount === 'all')) {
    throw reject('only one destination can indicate "all" for \'amount\'.');
  }
  if (before.some((one) => one.id === id)) throw reject('Duplicate destination');
  return { id, amount, announce, pushMsat };
}

const positiveNumber: Parser<number> = (token, name) => {
  const value = number(token, name);
  if (value === 0) throw invalidToken(name, 'should be a positive integer', token);
  return value;
};

/** A destination that is in the world. */
type Found = Destination & Opening;

/** A destination that failed, and the command at which lightningd fails. */
interface Failed {
  readonly id: string;
  readonly method: 'connect' | 'fundchannel_start';
  readonly error: CommandError;
}

export const multifundchannel = withPsbts(
  defineCommand({
    name: 'multifundchannel',
    parameters: {
      destinations: required(destinations),
      feerate: optional(anything),
      minconf: defaulted(number, 1),
      utxos: optional(array),
      minchannels: optional(positiveNumber),
      // The channels have no commitment transactions.
      commitment_feerate: optional(anything),
    },
    async run(values, { node }: CallWith<Parts>): Promise<CommandResult> {
      const { destinations, feerate, minconf, utxos, minchannels } = values;
      const failed: Failed[] = [];
      const attempt = attempts(failed, minchannels ?? destinations.length);
      const connected = await attempt('connect', destinations, (one) => connect(one, node));
      const costs: OpeningCosts = {
        // lightningd reads it after it has connected.
        perKw: feerate === undefined ? FEERATE_PERKW : readFeerate(feerate, 'feerate'),
        source:
          utxos === undefined
            ? { minimumDepth: minconf }
            : { coins: usableCoins(txouts(utxos, 'utxos'), node) },
      };
      const capacities = connected.some(({ peer }) => peer.member !== undefined)
        ? node.world.plannedCapacities(connected, costs)
        : [];
      const accepted = await attempt('fundchannel_start', connected, (one, index) =>
        accept(one, capacities[index] ?? 0n, node),
      );
      const { channels, txid, raw } = node.world.open(accepted, costs);
      return {
        tx: raw.toString('hex'),
        txid: txid.toString('hex'),
        channel_ids: channels.map((channel, index) => ({
          id: accepted[index]?.id,
          channel_id: channelId(channel),
          channel_type: CHANNEL_TYPE,
          outnum: channel.funding.vout,
        })),
        failed: failed.map(failureJson),
      };
    },
  }),
);

/** Takes steps with all destinations. Each step returns those that did not fail, and throws if too few are left. */
function attempts(failed: Failed[], minimum: number) {
  return async <From extends Destination, To>(
    method: Failed['method'],
    all: readonly From[],
    step: (one: From, index: number) => Promise<To>,
  ): Promise<To[]> => {
    const done: To[] = [];
    for (const [index, one] of all.entries()) {
      try {
        done.push(await step(one, index));
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        failed.push({ id: one.id, method, error });
      }
    }
    const last = failed.at(-1);
    if (last === undefined || done.length >= minimum) return done;
    const { code, message } = last.error;
    throw new CommandError(code, message, { id: last.id, method });
  };
}

async function connect(destination: Destination, node: NodeWith<Parts>): Promise<Found> {
  const peer = node.world.nodes.byId(destination.id);
  if (peer === undefined) {
    throw new CommandError(
      ErrorCode.connectNoAddress,
      'Unable to connect, no address known for peer',
    );
  }
  if (peer.member === undefined) await connectPeer(node, peer, 'out');
  else await connectMember(peer.id, node);
  return { ...destination, peer };
}

/** A node of the shared world can refuse a channel. */
async function accept(opening: Found, capacitySat: bigint, node: NodeWith<Parts>): Promise<Found> {
  const { peer, pushMsat } = opening;
  if (peer.member === undefined) return opening;
  const connection = await connectMember(peer.id, node);
  const offer = { capacitySat, pushMsat };
  return { ...opening, accepted: await askToOpen(node.memberRequests, connection, offer) };
}

function failureJson({ id, method, error }: Failed): JsonObject {
  return { id, method, error: { code: error.code, message: error.message } };
}
