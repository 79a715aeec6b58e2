import type { CallWith } from '../node.ts';
import { readTransaction } from '../world/transaction.ts';
import { defineCommand } from './command.ts';

/** Lists all transactions of the world; lightningd lists only the wallet's. */
export const listtransactions = defineCommand({
  name: 'listtransactions',
  parameters: {},
  run: (_, { node }: CallWith<'world'>) => ({
    transactions: node.world.chain.transactions().map(({ txid, raw, height, position }) => {
      const { version, inputs, outputs, locktime } = readTransaction(raw);
      return {
        hash: txid.toString('hex'),
        rawtx: raw.toString('hex'),
        blockheight: height ?? 0,
        txindex: position ?? 0,
        locktime,
        version,
        inputs: inputs.map((input) => ({
          txid: input.txid.toString('hex'),
          index: input.vout,
          sequence: input.sequence,
        })),
        outputs: outputs.map(({ amountSat, script }, index) => ({
          index,
          amount_msat: amountSat * 1000n,
          scriptPubKey: script.toString('hex'),
        })),
      };
    }),
  }),
});
