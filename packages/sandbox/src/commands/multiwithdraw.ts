import { defaulted, number, optional, required } from '@clnrest/lightningd/parameters';
import type { CallWith, NodeWith } from '../node.ts';
import { relayedFeerate } from '../params/feerate.ts';
import { withdrawnOutputs, type WantedOutput } from '../params/outputs.ts';
import { txouts } from '../params/psbt.ts';
import { withPsbts } from '../psbt/library.ts';
import { scriptOf } from '../world/addresses.ts';
import { DUST_LIMIT_SAT } from '../world/coin-selection.ts';
import { RESERVATION_BLOCKS } from '../world/coins.ts';
import { inTransaction } from '../world/context.ts';
import { fundPayouts, type Payout } from '../world/payouts.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { usableCoins } from './fundpsbt.ts';

type Parts = 'identity' | 'world';

export const multiwithdraw = withPsbts(
  defineCommand({
    name: 'multiwithdraw',
    parameters: {
      outputs: required(withdrawnOutputs),
      feerate: defaulted(relayedFeerate, FEERATE_PERKW),
      minconf: defaulted(number, 1),
      utxos: optional(txouts),
    },
    validate: ({ outputs }, { node }: CallWith<Parts>) => void payoutsOf(outputs, node),
    run({ outputs, feerate, minconf, utxos }, { node }: CallWith<Parts>) {
      const payouts = payoutsOf(outputs, node);
      const { context, funding, sending } = node.world;
      return inTransaction(context, () => {
        const { psbt } = fundPayouts(funding, {
          payouts,
          perKw: feerate,
          source:
            utxos === undefined ? { minimumDepth: minconf } : { coins: usableCoins(utxos, node) },
          reserve: RESERVATION_BLOCKS,
          keepEmergency: false,
        });
        sending.sign(psbt);
        const external = [...payouts.keys()];
        const { raw, txid } = sending.send(psbt, { reserve: RESERVATION_BLOCKS, external });
        return { tx: raw.toString('hex'), txid: txid.toString('hex') };
      });
    },
  }),
);

function payoutsOf(outputs: readonly WantedOutput[], { identity }: NodeWith<'identity'>): Payout[] {
  const payouts = outputs.map(({ address, amount }) => {
    const script = scriptOf(address, identity.network);
    if (script !== undefined) return { script, amount };
    throw new CommandError(
      ErrorCode.invalidParams,
      `'outputs' address could not be parsed: ${JSON.stringify(address)}`,
    );
  });
  for (const { amount } of payouts) {
    if (amount === 'all' || amount >= DUST_LIMIT_SAT) continue;
    throw new CommandError(ErrorCode.fundOutputIsDust, `Output ${amount}sat would be dust.`);
  }
  return payouts;
}
