import { bool, defaulted, number, optional, required } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { feerate } from '../params/feerate.ts';
import { psbt } from '../params/psbt.ts';
import { satoshi } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import { Psbt } from '../psbt/psbt.ts';
import { outpointText, type Output } from '../world/chain.ts';
import { RESERVATION_BLOCKS } from '../world/coins.ts';
import { inTransaction } from '../world/context.ts';
import { FEERATE_PERKW, feeFor, inputWeight } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { reservationJson } from './reserveinputs.ts';

export const addpsbtinput = withPsbts(
  defineCommand({
    name: 'addpsbtinput',
    parameters: {
      satoshi: required(satoshi),
      initialpsbt: optional(psbt),
      locktime: optional(number),
      min_feerate: optional(feerate),
      add_initiator_serial_ids: defaulted(bool, false),
      mark_our_inputs: defaulted(bool, false),
      reserve: defaulted(number, RESERVATION_BLOCKS),
    },
    validate({ satoshi, initialpsbt, locktime, min_feerate }, { node }: CallWith<'world'>) {
      if (initialpsbt !== undefined && locktime !== undefined) {
        throw new CommandError(
          ErrorCode.fundingPsbtInvalid,
          "Can't set locktime of an existing {initialpsbt}",
        );
      }
      if (satoshi === 0n) {
        throw new CommandError(ErrorCode.fundInputIsZero, 'Cannot add input value of zero.');
      }
      select(satoshi, min_feerate, initialpsbt, node);
    },
    run(values, { node }: CallWith<'world'>) {
      const { satoshi, initialpsbt, locktime, min_feerate, reserve } = values;
      const { world } = node;
      return inTransaction(world.context, (): CommandResult => {
        const selection = select(satoshi, min_feerate, initialpsbt, node);
        const psbt = initialpsbt ?? Psbt.create(locktime ?? world.chain.height);
        for (const coin of selection.coins) {
          const at = psbt.addInput(coin, world.funding.rawOf(coin));
          if (values.add_initiator_serial_ids) psbt.addInputSerialId(at);
          if (values.mark_our_inputs) psbt.markInput(at);
        }
        return {
          psbt: psbt.toString(),
          appended_inputs: selection.coins.length,
          estimated_added_weight: selection.weight,
          excess_msat: (selection.inputSat - satoshi) * 1000n,
          emergency_msat: world.funding.emergencySat(selection.coins) * 1000n,
          reservations: selection.coins.map((coin) =>
            reservationJson(world.coins.reserve(coin, reserve)),
          ),
        };
      });
    },
  }),
);

interface Selection {
  readonly coins: readonly Output[];
  readonly weight: bigint;
  readonly inputSat: bigint;
}

/** Coins that are worth the amount. The PSBT does not pay for their fees. @throws CommandError 301 if they do not suffice, or 309 */
function select(
  amountSat: bigint,
  perKw = FEERATE_PERKW,
  initial: Psbt | undefined,
  { world }: NodeWith<'world'>,
): Selection {
  const present = new Set(initial?.inputs.map(outpointText));
  const coins: Output[] = [];
  let [weight, inputSat] = [0n, 0n];
  for (const coin of world.coins.available(1)) {
    if (inputSat >= amountSat) break;
    const added = inputWeight(coin.script, 0n);
    if (present.has(outpointText(coin)) || feeFor(added, perKw) >= coin.amountSat) continue;
    coins.push(coin);
    weight += added;
    inputSat += coin.amountSat;
  }
  if (inputSat >= amountSat) {
    checkVersion(initial);
    return { coins, weight, inputSat };
  }
  throw new CommandError(
    ErrorCode.fundCannotAfford,
    `Could not afford ${amountSat}sat using all ${coins.length} available UTXOs: ${amountSat - inputSat}sat short`,
  );
}

/** lightningd reads the lock time of a PSBT of version 2 only. */
function checkVersion(initial: Psbt | undefined): void {
  if (initial === undefined || initial.version === 2) return;
  throw new CommandError(ErrorCode.fundingPsbtInvalid, 'Unable to load locktime from psbt');
}
