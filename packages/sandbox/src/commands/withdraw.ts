import { defaulted, number, optional, required, string } from '@clnrest/lightningd/parameters';
import type { CallWith, NodeIdentity } from '../node.ts';
import { feerate } from '../params/feerate.ts';
import { outpoints, satoshiOrAll } from '../params/world.ts';
import { scriptOf } from '../world/addresses.ts';
import { STRANGER, type Output } from '../world/chain.ts';
import { OURS } from '../world/nodes.ts';
import { psbtOf, type Outpoint } from '../world/transaction.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const withdraw = defineCommand({
  name: 'withdraw',
  parameters: {
    destination: required(string),
    satoshi: required(satoshiOrAll),
    feerate: optional(feerate),
    minconf: defaulted(number, 1),
    utxos: optional(outpoints),
  },
  validate: ({ destination }, { node }: CallWith<'identity' | 'world'>) =>
    void scriptAt(destination, node.identity),
  run({ destination, satoshi, minconf, utxos }, { node }: CallWith<'identity' | 'world'>) {
    const script = scriptAt(destination, node.identity);
    const owner = node.world.wallet.isOurs(script) ? OURS : STRANGER;
    const coins = utxos === undefined ? undefined : coinsAt(utxos, node.world);
    const { txid, raw, spent, outputs } = node.world.withdraw(
      { owner, script },
      satoshi,
      minconf,
      coins,
    );
    return {
      tx: raw.toString('hex'),
      txid: txid.toString('hex'),
      psbt: psbtOf(raw, spent, outputs),
    };
  },
});

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

/** Our unspent coins at the given outpoints. */
export function coinsAt(wanted: readonly Outpoint[], world: World): Output[] {
  const coins = world.chain.unspent(OURS);
  const found = wanted.map(({ txid, vout }) => {
    const coin = coins.find((each) => each.txid.equals(txid) && each.vout === vout);
    if (coin !== undefined) return coin;
    throw new CommandError(ErrorCode.invalidParams, `Unknown UTXO ${txid.toString('hex')}:${vout}`);
  });
  if (new Set(found).size < found.length) {
    throw new CommandError(ErrorCode.invalidParams, 'utxos: contains an outpoint twice');
  }
  return found;
}
