import { type Parser, unsignedInteger } from '@clnrest/lightningd/parameters';
import { CommandError, ErrorCode } from '../commands/errors.ts';

/** The names of feerates: the first four are of lightningd, the others are what it estimates fees for. */
const NAMES: ReadonlySet<string> = new Set([
  'slow',
  'normal',
  'urgent',
  'minimum',
  'opening',
  'mutual_close',
  'unilateral_close',
  'unilateral_anchor_close',
  'penalty',
  'splice',
]);

/**
 * A feerate: a name, `100blocks`, or a number with `perkw` or `perkb`. The sandbox's fees are fixed, so it only checks
 * the text.
 *
 * @throws CommandError with lightningd's text
 */
export const feerate: Parser<string> = ({ text }, name) => {
  if (NAMES.has(text)) return text;
  const blocks = /^([0-9]+)blocks$/.exec(text)?.[1];
  if (blocks !== undefined && BigInt(blocks) < 1n << 32n) return text;
  const number = unsignedInteger(text.replace(/perk[wb]$/, ''));
  if (number !== undefined && number >> 32n === 0n) return text;
  throw new CommandError(
    ErrorCode.invalidParams,
    `'${name}' should be an integer with optional perkw/perkb, not '${text.replaceAll('"', '\\"')}'`,
  );
};
