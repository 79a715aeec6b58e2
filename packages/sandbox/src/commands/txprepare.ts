import { defaulted, number, optional, required } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { relayedFeerate } from '../params/feerate.ts';
import { preparedOutputs, type WantedOutput } from '../params/outputs.ts';
import { txid } from '../params/psbt.ts';
import { outpoints } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import type { Psbt } from '../psbt/psbt.ts';
import { scriptOf } from '../world/addresses.ts';
import { RESERVATION_BLOCKS } from '../world/coins.ts';
import { inTransaction } from '../world/context.ts';
import { fundPayouts, type Payout } from '../world/payouts.ts';
import { FEERATE_PERKW, txidOf } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { usableCoins } from './fundpsbt.ts';
import { ourCoins } from './reserveinputs.ts';
import { signAndSend } from './withdraw.ts';

type Parts = 'identity' | 'world';

export const txprepare = withPsbts(
  defineCommand({
    name: 'txprepare',
    parameters: {
      outputs: required(preparedOutputs),
      feerate: defaulted(relayedFeerate, FEERATE_PERKW),
      minconf: defaulted(number, 1),
      utxos: optional(outpoints),
    },
    validate: ({ outputs }, { node }: CallWith<Parts>) => void payoutsOf(outputs, node),
    run({ outputs, feerate, minconf, utxos }, { node }: CallWith<Parts>) {
      const { psbt } = fundPayouts(node.world.funding, {
        payouts: payoutsOf(outputs, node),
        perKw: feerate,
        source:
          utxos === undefined ? { minimumDepth: minconf } : { coins: usableCoins(utxos, node) },
        reserve: RESERVATION_BLOCKS,
        keepEmergency: false,
      });
      const txid = txidOf(psbt.unsigned).toString('hex');
      node.world.prepared.add(txid, psbt);
      return { ...unsignedJson(psbt, txid), psbt: psbt.toString() };
    },
  }),
);

export const txdiscard = withPsbts(
  defineCommand({
    name: 'txdiscard',
    parameters: { txid: required(txid) },
    validate: ({ txid }, { node }: CallWith<'world'>) => checkPrepared(txid, node),
    run({ txid }, { node }: CallWith<'world'>) {
      const psbt = takePrepared(txid, node);
      const { coins, context } = node.world;
      inTransaction(context, () => {
        for (const coin of ourCoins(psbt, node)) {
          if (!coins.isSpent(coin)) coins.unreserve(coin, RESERVATION_BLOCKS);
        }
      });
      return unsignedJson(psbt, txid.toString('hex'));
    },
  }),
);

export const txsend = withPsbts(
  defineCommand({
    name: 'txsend',
    parameters: { txid: required(txid) },
    validate: ({ txid }, { node }: CallWith<'world'>) => checkPrepared(txid, node),
    run: ({ txid }, { node }: CallWith<'world'>) => signAndSend(takePrepared(txid, node), node, []),
  }),
);

function payoutsOf(outputs: readonly WantedOutput[], { identity }: NodeWith<'identity'>): Payout[] {
  return outputs.map(({ address, amount }) => {
    const script = scriptOf(address, identity.network);
    if (script !== undefined) return { script, amount };
    throw new CommandError(ErrorCode.invalidParams, 'Could not parse destination address');
  });
}

function checkPrepared(txid: Buffer, { world }: NodeWith<'world'>): void {
  if (world.prepared.has(txid.toString('hex'))) return;
  throw new CommandError(
    ErrorCode.invalidParams,
    `not an unreleased txid '${txid.toString('hex')}'`,
  );
}

function takePrepared(txid: Buffer, { world }: NodeWith<'world'>): Psbt {
  const psbt = world.prepared.take(txid.toString('hex'));
  if (psbt === undefined) throw new Error('the transaction has been taken');
  return psbt;
}

function unsignedJson(psbt: Psbt, txid: string): { unsigned_tx: string; txid: string } {
  return { unsigned_tx: psbt.unsigned.toString('hex'), txid } satisfies CommandResult;
}
