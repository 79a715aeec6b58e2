import { bool, defaulted, number, required } from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { psbt } from '../params/psbt.ts';
import { withPsbts } from '../psbt/library.ts';
import type { Psbt } from '../psbt/psbt.ts';
import { outpointText, type Output } from '../world/chain.ts';
import { RESERVATION_BLOCKS, type Reservation } from '../world/coins.ts';
import { inTransaction } from '../world/context.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const reserveinputs = withPsbts(
  defineCommand({
    name: 'reserveinputs',
    parameters: {
      psbt: required(psbt),
      exclusive: defaulted(bool, true),
      reserve: defaulted(number, RESERVATION_BLOCKS),
    },
    validate: ({ psbt, exclusive }, { node }: CallWith<'world'>) =>
      void reservable(psbt, exclusive, node),
    run: ({ psbt, exclusive, reserve }, { node }: CallWith<'world'>) => ({
      reservations: inTransaction(node.world.context, () =>
        reservable(psbt, exclusive, node).map((coin) =>
          reservationJson(node.world.coins.reserve(coin, reserve)),
        ),
      ),
    }),
  }),
);

export const unreserveinputs = withPsbts(
  defineCommand({
    name: 'unreserveinputs',
    parameters: { psbt: required(psbt), reserve: defaulted(number, RESERVATION_BLOCKS) },
    run: ({ psbt, reserve }, { node }: CallWith<'world'>) => ({
      reservations: inTransaction(node.world.context, () => {
        const { coins } = node.world;
        return ourCoins(psbt, node)
          .filter((coin) => coin.reservedTo !== undefined && !coins.isSpent(coin))
          .map((coin) => reservationJson(coins.unreserve(coin, reserve)));
      }),
    }),
  }),
);

/** The coins of the wallet that a PSBT spends. */
export function ourCoins(psbt: Psbt, { world }: NodeWith<'world'>): Output[] {
  return psbt.inputs.flatMap((outpoint) => world.coins.find(outpoint) ?? []);
}

function reservable(psbt: Psbt, exclusive: boolean, node: NodeWith<'world'>): Output[] {
  const { coins } = node.world;
  const found = ourCoins(psbt, node);
  for (const coin of found) {
    const problem =
      exclusive && coins.isReserved(coin)
        ? 'already reserved'
        : coins.isSpent(coin)
          ? 'already spent'
          : undefined;
    if (problem === undefined) continue;
    throw new CommandError(ErrorCode.invalidParams, `${outpointText(coin)} ${problem}`);
  }
  return found;
}

/** A reservation in the format of all commands that change one. */
export function reservationJson(reservation: Reservation): JsonObject {
  const { coin, wasReserved, isReserved, reservedTo } = reservation;
  return {
    txid: coin.txid.toString('hex'),
    vout: coin.vout,
    was_reserved: wasReserved,
    reserved: isReserved,
    reserved_to_block: isReserved ? reservedTo : undefined,
  };
}
