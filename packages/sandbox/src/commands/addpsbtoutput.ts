import {
  bool,
  defaulted,
  number,
  optional,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { psbt } from '../params/psbt.ts';
import { satoshi } from '../params/world.ts';
import { withPsbts } from '../psbt/library.ts';
import { Psbt } from '../psbt/psbt.ts';
import { DUST_LIMIT_SAT } from '../world/coin-selection.ts';
import { outputWeight } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { scriptAt } from './withdraw.ts';

/** lightningd adds the weight of a P2TR output, whatever the script is. */
const ADDED_WEIGHT = outputWeight(Buffer.alloc(34));

export const addpsbtoutput = withPsbts(
  defineCommand({
    name: 'addpsbtoutput',
    parameters: {
      satoshi: required(satoshi),
      initialpsbt: optional(psbt),
      locktime: optional(number),
      destination: optional(string),
      add_initiator_serial_ids: defaulted(bool, false),
    },
    validate(
      { satoshi, initialpsbt, locktime, destination },
      { node }: CallWith<'identity' | 'world'>,
    ) {
      if (destination !== undefined) scriptAt(destination, node.identity);
      if (initialpsbt !== undefined && locktime !== undefined) {
        throw new CommandError(
          ErrorCode.fundingPsbtInvalid,
          "Can't set locktime of an existing {initialpsbt}",
        );
      }
      if (satoshi < DUST_LIMIT_SAT) {
        throw new CommandError(
          ErrorCode.fundOutputIsDust,
          `Receive amount is below dust limit (${DUST_LIMIT_SAT}sat)`,
        );
      }
    },
    run(values, { node }: CallWith<'identity' | 'world'>) {
      const { satoshi, initialpsbt, locktime, destination, add_initiator_serial_ids } = values;
      const psbt = initialpsbt ?? Psbt.create(locktime ?? node.world.chain.height);
      const script =
        destination === undefined
          ? node.world.wallet.newScript()
          : scriptAt(destination, node.identity);
      const outnum = psbt.addOutput({ amountSat: satoshi, script });
      if (add_initiator_serial_ids) psbt.addSerialId(outnum);
      return { psbt: psbt.toString(), estimated_added_weight: ADDED_WEIGHT, outnum };
    },
  }),
);
