import { Bolt11Error } from './error.ts';

/** Tenths of an msat (pico-bitcoin) in one unit of each multiplier (BOLT 11, "Human-Readable Part"). */
const MULTIPLIERS: ReadonlyMap<string, bigint> = new Map([
  ['m', 1_000_000_000n],
  ['u', 1_000_000n],
  ['n', 1_000n],
  ['p', 1n],
]);
const BITCOIN = 1_000_000_000_000n;
const U64_MAX = 2n ** 64n - 1n;

/** Converts the amount in an invoice's prefix to msat: `2500u` is 250,000,000. */
export function amountMsat(text: string): bigint {
  const unit = MULTIPLIERS.get(text.slice(-1));
  const digits = unit === undefined ? text : text.slice(0, -1);
  const stray = /[^0-9]/.exec(digits);
  const number = BigInt(digits.slice(0, Math.min(stray?.index ?? digits.length, 30)) || '0');
  if (number > U64_MAX) throw new Bolt11Error(`Invalid amount '${digits}'`);
  if (digits === '' || stray !== null) {
    throw new Bolt11Error(`Invalid amount postfix '${digits.slice(stray?.index ?? 0)}'`);
  }
  // lightningd lets amounts beyond 64 bits wrap around. They exceed all bitcoin, so we reject them.
  const tenths = number * (unit ?? BITCOIN);
  if (tenths > U64_MAX) throw new Bolt11Error(`Invalid amount '${digits}'`);
  if (tenths % 10n !== 0n) throw new Bolt11Error(`Invalid sub-millisatoshi amount '${digits}p'`);
  return tenths / 10n;
}
