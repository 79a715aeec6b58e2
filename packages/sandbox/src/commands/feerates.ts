import { type Parser, required } from '@clnrest/lightningd/parameters';
import { ANCHOR_FEERATE_PERKW } from '../params/feerate.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { ESTIMATED_BLOCKS } from './estimatefees.ts';

type Style = 'perkw' | 'perkb';

const style: Parser<Style> = ({ text, raw }, name) => {
  if (text === 'perkw' || text === 'perkb') return text;
  throw new CommandError(
    ErrorCode.invalidParams,
    `'${name}' should be 'perkw' or 'perkb', not '${raw}'`,
  );
};

const UNILATERAL_ANCHOR = Number(ANCHOR_FEERATE_PERKW);
const SPLICE = 258;
const FLOOR = Number(FEERATE_PERKW);

export const feerates = defineCommand({
  name: 'feerates',
  parameters: { style: required(style) },
  run({ style: wanted }) {
    // 1000 weight units are 250 virtual bytes.
    const rate = (perKw: number): number => (wanted === 'perkw' ? perKw : perKw * 4);
    return {
      [wanted]: {
        opening: rate(FLOOR),
        mutual_close: rate(FLOOR),
        unilateral_close: rate(FLOOR),
        unilateral_anchor_close: rate(UNILATERAL_ANCHOR),
        penalty: rate(FLOOR),
        splice: rate(SPLICE),
        min_acceptable: rate(FLOOR),
        max_acceptable: rate(10 * FLOOR),
        floor: rate(FLOOR),
        estimates: ESTIMATED_BLOCKS.map((blockcount) => ({
          blockcount,
          feerate: rate(FLOOR),
          smoothed_feerate: rate(FLOOR),
        })),
      },
      onchain_fee_estimates: {
        opening_channel_satoshis: 177,
        mutual_close_satoshis: 170,
        unilateral_close_satoshis: 1390,
        unilateral_close_nonanchor_satoshis: 151,
        htlc_timeout_satoshis: 167,
        htlc_success_satoshis: 177,
      },
    };
  },
});
