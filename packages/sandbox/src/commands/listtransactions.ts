import type { CallWith } from '../node.ts';
import { readTransaction } from '../world/transaction.ts';
import { defineCommand } from './command.ts';

/** Lists all transactions of the world; lightningd lists only the wallet's. */
export const listtransactions = defineCommand({
  name: 'listtransactions',
  parameters: {},
  run: (_, { node }: CallWith<'world'>) => ({
    transactions: node.world.chain.transactions().map(({ txid, raw, height, position }) => {
      const { inputs, outputs, locktime } = readTransaction(raw);
      return {
        hash: txid.toString('hex'),
        rawtx: raw.toString('hex'),
        blockheight: height ?? 0,
        txindex: position ?? 0,
        locktime,
        version: 2,
        inputs: inputs.map((input) => ({
          txid: input.txid.toString('hex'),
          index: input.vout,
          sequence: 4_294_967_293,
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
