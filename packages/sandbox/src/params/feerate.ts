import { type Parser, unsignedInteger } from '@clnrest/lightningd/parameters';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { FEERATE_PERKW } from '../world/transaction.ts';

/** The feerate of a unilateral close of a channel with anchors, in satoshi per 1000 weight units. */
export const ANCHOR_FEERATE_PERKW = 1250n;

/** The names of feerates: the first four are of lightningd, the others are what it estimates fees for. */
const NAMES: Readonly<Record<string, bigint>> = {
  slow: FEERATE_PERKW,
  normal: FEERATE_PERKW,
  urgent: FEERATE_PERKW,
  minimum: FEERATE_PERKW,
  opening: FEERATE_PERKW,
  mutual_close: FEERATE_PERKW,
  unilateral_close: FEERATE_PERKW,
  unilateral_anchor_close: ANCHOR_FEERATE_PERKW,
  penalty: FEERATE_PERKW,
};

/**
 * The same, for the commands of lightningd's plugins. They pass the JSON text on as a string, whose escapes the error shows.
 */
export const relayedFeerate: Parser<bigint> = (token, name) =>
  token.type === 'array' || token.type === 'object'
    ? feerate({ ...token, raw: JSON.stringify(token.raw) }, name)
    : feerate(token, name);

const U32 = 1n << 32n;

/**
 * A feerate in satoshi per 1000 weight units, from a name, `100blocks`, or a number with `perkw` or `perkb` (the default).
 * The sandbox's estimates are fixed, so the number of blocks does not matter. Lower rates are raised to the floor.
 *
 * @throws CommandError with lightningd's text
 */
export const feerate: Parser<bigint> = ({ raw }, name) => {
  // lightningd compares and quotes the JSON text.
  const text = raw.startsWith('"') ? raw.slice(1, -1) : raw;
  const named = Object.hasOwn(NAMES, text) ? NAMES[text] : undefined;
  if (named !== undefined) return named;
  if (text.endsWith('blocks')) {
    number(
      text.slice(0, -'blocks'.length),
      (shown) => `'${name}' should be an integer not ${shown}`,
    );
    return FEERATE_PERKW;
  }
  const value = number(
    text.replace(/perk[wb]$/, ''),
    (shown) => `'${name}' should be an integer with optional perkw/perkb, not ${shown}`,
  );
  // 1000 weight units are 250 virtual bytes. lightningd rounds up in 32 bits, which wrap around.
  const perKw = text.endsWith('perkw') ? value : ((value + 3n) % U32) / 4n;
  return perKw < FEERATE_PERKW ? FEERATE_PERKW : perKw;
};

function number(text: string, problem: (shown: string) => string): bigint {
  const value = unsignedInteger(text);
  if (value !== undefined && value < U32) return value;
  throw new CommandError(ErrorCode.invalidParams, problem(`'${text}'`));
}
