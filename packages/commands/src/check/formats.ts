import type { Format } from '../schema.ts';

/** What a format means, and whether a value has it. */
interface FormatRule {
  readonly meaning: string;
  readonly fits: (value: string | number | bigint) => boolean;
}

const U64_MAX = 2n ** 64n - 1n;

/** A text of this pattern. */
function text(meaning: string, pattern: RegExp): FormatRule {
  return { meaning, fits: (value) => typeof value === 'string' && pattern.test(value) };
}

/** An integer from 0 to a bound. */
function unsigned(bits: number): FormatRule {
  const max = 2n ** BigInt(bits) - 1n;
  return {
    meaning: `an integer from 0 to 2^${bits} − 1`,
    fits: (value) => isUnsigned(value, max),
  };
}

/** An integer, or a text with a unit; the unit of an integer depends on the format. */
function amount(unit: string, words: readonly string[] = []): FormatRule {
  const alternatives = words.map((word) => ` or "${word}"`).join('');
  return {
    meaning: `an amount in ${unit}, or a text with msat, sat or btc${alternatives}`,
    fits: (value) =>
      typeof value === 'string'
        ? AMOUNT.test(value) || words.includes(value)
        : isUnsigned(value, U64_MAX),
  };
}

function isUnsigned(value: string | number | bigint, max: bigint): boolean {
  if (typeof value === 'bigint') return value >= 0n && value <= max;
  return Number.isSafeInteger(value) && Number(value) >= 0 && BigInt(value) <= max;
}

/** lightningd accepts up to 3 decimals of a satoshi and 11 of a bitcoin (`common/amount.c`). */
const AMOUNT = /^(?:[0-9]+(?:msat)?|[0-9]+(?:\.[0-9]{3})?sat|[0-9]+(?:\.[0-9]{1,11})?btc)$/;
const FEERATE =
  /^(?:[0-9]+(?:perkw|perkb)?|[0-9]+blocks|slow|normal|urgent|minimum|opening|mutual_close|unilateral_close|unilateral_anchor_close|delayed_to_us|htlc_resolution|penalty)$/;
const HEX32 = /^[0-9a-fA-F]{64}$/;

const RULES: Readonly<Record<Format, FormatRule>> = {
  u8: unsigned(8),
  u16: unsigned(16),
  u32: unsigned(32),
  u64: unsigned(64),
  msat: amount('msat'),
  msat_or_any: amount('msat', ['any']),
  sat: amount('sat'),
  sat_or_all: amount('sat', ['all']),
  feerate: {
    meaning: 'a fee rate, such as 253, "253perkw", "1000perkb" or "normal"',
    fits: (value) => (typeof value === 'string' ? FEERATE.test(value) : isUnsigned(value, U64_MAX)),
  },
  currency: text('an amount with a currency, such as "10.50USD"', /^[0-9]+(?:\.[0-9]+)?[A-Z]{3}$/),
  hex: text('an even number of hexadecimal digits', /^(?:[0-9a-fA-F]{2})*$/),
  hash: text('64 hexadecimal digits', HEX32),
  txid: text('64 hexadecimal digits', HEX32),
  secret: text('64 hexadecimal digits', HEX32),
  pubkey: text('a public key of 66 hexadecimal digits', /^0[23][0-9a-fA-F]{64}$/),
  short_channel_id: text('a short channel id, such as "103x1x0"', /^[0-9]+x[0-9]+x[0-9]+$/),
  short_channel_id_dir: text(
    'a short channel id with a direction, such as "103x1x0/1"',
    /^[0-9]+x[0-9]+x[0-9]+\/[01]$/,
  ),
  outpoint: text('a transaction id, a colon and an index', /^[0-9a-fA-F]{64}:[0-9]+$/),
  signature: text('a signature in hexadecimal digits', /^(?:[0-9a-fA-F]{2}){8,73}$/),
  bip340sig: text('128 hexadecimal digits', /^[0-9a-fA-F]{128}$/),
};

/** Returns what the format requires if the value does not have it. Values of other types have no format. */
export function formatMismatch(format: Format, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
    return undefined;
  const { meaning, fits } = RULES[format];
  return fits(value) ? undefined : meaning;
}
