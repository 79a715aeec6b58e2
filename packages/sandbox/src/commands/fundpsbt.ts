import { bool, defaulted, number, optional, required } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { feerate } from '../params/feerate.ts';
import { txouts } from '../params/psbt.ts';
import { satoshiOrAll } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import { outpointText, type Output } from '../world/chain.ts';
import type { Amount } from '../world/coin-selection.ts';
import { RESERVATION_BLOCKS } from '../world/coins.ts';
import type { Funded, FundingRequest } from '../world/funding.ts';
import type { Outpoint } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { reservationJson } from './reserveinputs.ts';

export const fundpsbt = withPsbts(
  defineCommand({
    name: 'fundpsbt',
    parameters: {
      satoshi: required(satoshiOrAll),
      feerate: required(feerate),
      startweight: required(number),
      minconf: defaulted(number, 1),
      reserve: defaulted(number, RESERVATION_BLOCKS),
      locktime: optional(number),
      min_witness_weight: defaulted(number, 0),
      excess_as_change: defaulted(bool, false),
      // The wallet has no P2SH-wrapped coins, which `nonwrapped` leaves out.
      nonwrapped: defaulted(bool, false),
      opening_anchor_channel: defaulted(bool, false),
    },
    validate(values, { node }: CallWith<'world'>) {
      node.world.funding.plan(requestOf(values), { minimumDepth: values.minconf });
    },
    run: (values, { node }: CallWith<'world'>) =>
      fundedJson(node.world.funding.fund(requestOf(values), { minimumDepth: values.minconf })),
  }),
);

export const utxopsbt = withPsbts(
  defineCommand({
    name: 'utxopsbt',
    parameters: {
      satoshi: required(satoshiOrAll),
      feerate: required(feerate),
      startweight: required(number),
      utxos: required(txouts),
      reserve: defaulted(number, RESERVATION_BLOCKS),
      reservedok: defaulted(bool, false),
      locktime: optional(number),
      min_witness_weight: defaulted(number, 0),
      excess_as_change: defaulted(bool, false),
      opening_anchor_channel: defaulted(bool, false),
    },
    validate(values, { node }: CallWith<'world'>) {
      const coins = usableCoins(values.utxos, node, values.reservedok);
      node.world.funding.plan(requestOf(values), { coins });
    },
    run(values, { node }: CallWith<'world'>) {
      const coins = usableCoins(values.utxos, node, values.reservedok);
      return fundedJson(node.world.funding.fund(requestOf(values), { coins }));
    },
  }),
);

/** The coins at the outpoints. @throws CommandError if one is unknown, spent, or reserved although it must not be */
export function usableCoins(
  outpoints: readonly Outpoint[],
  { world }: NodeWith<'world'>,
  reservedIsFine = false,
): Output[] {
  const coins = world.coins.at(outpoints);
  for (const coin of coins) {
    if (reservedIsFine || !world.coins.isReserved(coin)) continue;
    throw new CommandError(ErrorCode.invalidParams, `UTXO ${outpointText(coin)} already reserved`);
  }
  return coins;
}

interface Values {
  readonly satoshi: Amount;
  readonly feerate: bigint;
  readonly startweight: number;
  readonly min_witness_weight: number;
  readonly reserve: number;
  readonly locktime: number | undefined;
  readonly excess_as_change: boolean;
  readonly opening_anchor_channel: boolean;
}

function requestOf(values: Values): FundingRequest {
  return {
    amount: values.satoshi,
    perKw: values.feerate,
    weight: BigInt(values.startweight),
    minWitnessWeight: BigInt(values.min_witness_weight),
    reserve: values.reserve,
    locktime: values.locktime,
    excessAsChange: values.excess_as_change,
    keepEmergency: values.opening_anchor_channel,
  };
}

function fundedJson({
  psbt,
  perKw,
  weight,
  excess,
  changeOutput,
  reservations,
}: Funded): CommandResult {
  // lightningd returns version 0 here.
  psbt.version = 0;
  return {
    psbt: psbt.toString(),
    feerate_per_kw: perKw,
    estimated_final_weight: weight,
    excess_msat: excess * 1000n,
    change_outnum: changeOutput,
    reservations: reservations?.map(reservationJson),
  };
}
