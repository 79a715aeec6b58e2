import type { Node } from '../node.ts';
import { defaulted, optional, required } from '../params/declaration.ts';
import { number } from '../params/numbers.ts';
import { anything, string } from '../params/texts.ts';
import { outpoints, satoshiOrAll } from '../params/world.ts';
import { scriptOf } from '../world/addresses.ts';
import { STRANGER, type Output } from '../world/chain.ts';
import { OURS } from '../world/nodes.ts';
import { psbtOf, type Outpoint } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const withdraw = defineCommand({
  name: 'withdraw',
  parameters: {
    destination: required(string),
    satoshi: required(satoshiOrAll),
    feerate: optional(anything),
    minconf: defaulted(number, 1),
    utxos: optional(outpoints),
  },
  validate: ({ destination }, { node }) => void scriptAt(destination, node),
  run({ destination, satoshi, minconf, utxos }, { node }) {
    const script = scriptAt(destination, node);
    const owner = node.world.wallet.isOurs(script) ? OURS : STRANGER;
    const coins = utxos === undefined ? undefined : coinsAt(utxos, node);
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

const scriptAt = (address: string, node: Node): Buffer => {
  const script = scriptOf(address, node.network);
  if (script !== undefined) return script;
  throw new CommandError(
    ErrorCode.general,
    'Could not parse destination address, destination should be a valid address',
  );
};

/** Coins of ours that somebody chose. */
export const coinsAt = (wanted: readonly Outpoint[], node: Node): Output[] => {
  const coins = node.world.chain.unspent(OURS);
  const found = wanted.map(({ txid, vout }) => {
    const coin = coins.find((each) => each.txid.equals(txid) && each.vout === vout);
    if (coin !== undefined) return coin;
    throw new CommandError(
      ErrorCode.invalidParams,
      `utxos: ${txid.toString('hex')}:${vout} is not ours, or is spent`,
    );
  });
  if (new Set(found).size < found.length) {
    throw new CommandError(ErrorCode.invalidParams, 'utxos: one of them is there twice');
  }
  return found;
};
