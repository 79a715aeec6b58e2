import { defaulted, number, required } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { psbt } from '../params/psbt.ts';
import { withPsbts } from '../psbt/library.ts';
import { RESERVATION_BLOCKS } from '../world/coins.ts';
import { defineCommand } from './command.ts';

export const sendpsbt = withPsbts(
  defineCommand({
    name: 'sendpsbt',
    parameters: { psbt: required(psbt), reserve: defaulted(number, RESERVATION_BLOCKS) },
    validate: ({ psbt }, { node }: CallWith<'world'>) => void node.world.sending.finalize(psbt),
    run({ psbt, reserve }, { node }: CallWith<'world'>) {
      const { raw, txid } = node.world.sending.send(psbt, { reserve });
      return { tx: raw.toString('hex'), txid: txid.toString('hex') };
    },
  }),
);
