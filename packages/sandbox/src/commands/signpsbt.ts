import { optional, required } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { inputNumbers, psbt } from '../params/psbt.ts';
import { withPsbts } from '../psbt/library.ts';
import type { Psbt } from '../psbt/psbt.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const signpsbt = withPsbts(
  defineCommand({
    name: 'signpsbt',
    parameters: { psbt: required(psbt), signonly: optional(inputNumbers) },
    validate({ psbt, signonly }, { node }: CallWith<'world'>) {
      for (const [index, at] of (signonly ?? []).entries()) checkPosition(psbt, index, at);
      node.world.sending.signable(psbt, signonly);
    },
    run({ psbt, signonly }, { node }: CallWith<'world'>) {
      node.world.sending.sign(psbt, signonly);
      return { signed_psbt: psbt.toString() };
    },
  }),
);

function checkPosition(psbt: Psbt, index: number, at: number): void {
  if (at < psbt.inputs.length) return;
  throw new CommandError(ErrorCode.invalidParams, `signonly[${index}]: ${at} out of range`);
}
