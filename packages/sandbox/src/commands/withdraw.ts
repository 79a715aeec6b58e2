import { defaulted, number, optional, required, string } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeIdentity, NodeWith } from '../node.ts';
import { relayedFeerate } from '../params/feerate.ts';
import { outpoints, satoshiOrAll } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import type { Psbt } from '../psbt/psbt.ts';
import { scriptOf } from '../world/addresses.ts';
import { RESERVATION_BLOCKS } from '../world/coins.ts';
import { inTransaction } from '../world/context.ts';
import { fundPayouts } from '../world/payouts.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { usableCoins } from './fundpsbt.ts';

type Parts = 'identity' | 'world';

export const withdraw = withPsbts(
  defineCommand({
    name: 'withdraw',
    parameters: {
      destination: required(string),
      satoshi: required(satoshiOrAll),
      feerate: defaulted(relayedFeerate, FEERATE_PERKW),
      minconf: defaulted(number, 1),
      utxos: optional(outpoints),
    },
    validate: ({ destination }, { node }: CallWith<Parts>) =>
      void scriptAt(destination, node.identity),
    run({ destination, satoshi, feerate, minconf, utxos }, { node }: CallWith<Parts>) {
      const script = scriptAt(destination, node.identity);
      return inTransaction(node.world.context, () => {
        const { psbt } = fundPayouts(node.world.funding, {
          payouts: [{ script, amount: satoshi }],
          perKw: feerate,
          source:
            utxos === undefined ? { minimumDepth: minconf } : { coins: usableCoins(utxos, node) },
          reserve: RESERVATION_BLOCKS,
          keepEmergency: false,
        });
        return signAndSend(psbt, node, [0]);
      });
    },
  }),
);

/**
 * Signs a PSBT and sends it, as lightningd's plugin txprepare does.
 *
 * @param external - the outputs whose payment the caller requested
 */
export function signAndSend(
  psbt: Psbt,
  { world }: NodeWith<'world'>,
  external: readonly number[],
): CommandResult {
  world.sending.sign(psbt);
  const { raw, txid } = world.sending.send(psbt, { reserve: RESERVATION_BLOCKS, external });
  return { tx: raw.toString('hex'), txid: txid.toString('hex'), psbt: psbt.toString() };
}

/**
 * The script of an address.
 *
 * @param name - of the parameter, for the error
 */
export function scriptAt(address: string, identity: NodeIdentity, name = 'destination'): Buffer {
  const script = scriptOf(address, identity.network);
  if (script !== undefined) return script;
  throw new CommandError(
    ErrorCode.general,
    `Could not parse destination address, ${name} should be a valid address`,
  );
}
