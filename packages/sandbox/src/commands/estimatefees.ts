import { defineCommand } from './command.ts';

/** The confirmation targets that lightningd estimates fees for, in blocks (plugins/bcli.c). */
export const ESTIMATED_BLOCKS = [2, 6, 12, 100] as const;

/** lightningd's estimate on regtest, in satoshi per 1000 virtual bytes. */
const PERKB = 1000;

export const estimatefees = defineCommand({
  name: 'estimatefees',
  parameters: {},
  run: () => ({
    feerates: ESTIMATED_BLOCKS.map((blocks) => ({ blocks, feerate: PERKB })),
    feerate_floor: PERKB,
  }),
});
