import { number, required } from '@clnrest/lightningd/parameters';
import { psbt } from '../params/psbt.ts';
import { withPsbts } from '../psbt/library.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const setpsbtversion = withPsbts(
  defineCommand({
    name: 'setpsbtversion',
    parameters: { psbt: required(psbt), version: required(number) },
    validate({ version }) {
      if (version === 0 || version === 2) return;
      throw new CommandError(ErrorCode.invalidParams, 'Could not set PSBT version');
    },
    run({ psbt, version }) {
      psbt.version = version === 0 ? 0 : 2;
      return { psbt: psbt.toString() };
    },
  }),
);
