/** Values of parameters as lightningd reads them from their JSON text, quoted or not. */

const UINT64_MAX = 2n ** 64n - 1n;
/** Digits of any base that can be in 64 bits, without leading zeros. */
const MAX_DIGITS = 64;

/**
 * An integer with the prefixes of C: hexadecimal after `0x`, binary after `0b`, octal after `0`. The groups have no leading zeros,
 * which keeps the time linear.
 */
const INTEGER =
  /^ *([+-]?)(?:0[xX]0*([1-9a-fA-F][0-9a-fA-F]*)?|0[bB]0*(1[01]*)?|0+([1-7][0-7]*)?|([1-9][0-9]*))$/;

/**
 * An integer as `strtoull` reads it, which lightningd calls with base 0: spaces, a sign and the prefixes of C are allowed, and a
 * negative number wraps around. Undefined if the text is not a number of 64 bits.
 */
export function integer(raw: string | undefined): bigint | undefined {
  const match = INTEGER.exec(unquoted(raw ?? ''));
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits = hex ?? binary ?? octal ?? decimal ?? '0';
  if (digits.length > MAX_DIGITS) return undefined;
  const prefix = hex ? '0x' : binary ? '0b' : octal ? '0o' : '';
  const value = BigInt(prefix + digits);
  if (value > UINT64_MAX) return undefined;
  return sign === '-' ? BigInt.asUintN(64, -value) : value;
}

/**
 * The largest amount in satoshi that lightningd reads from `1000`, `1000sat`, `1000000msat` or `0.00001btc`, rounded down. It
 * ignores what follows the unit. Amounts of more than 64 bits, which it rejects, become very large ones.
 */
export function satoshis(raw: string): bigint | undefined {
  const match = /^([0-9]+)(?:\.([0-9]*))?(btc|msat)?/.exec(unquoted(raw));
  if (match === null) return undefined;
  const [, number = '', fraction = '', unit] = match;
  const digits = number.replace(/^0+/, '');
  if (digits.length > MAX_DIGITS) return UINT64_MAX;
  const whole = BigInt(digits);
  if (unit === 'btc') return whole * 100_000_000n + BigInt(fraction.padEnd(8, '0').slice(0, 8));
  // After a leading zero, lightningd takes millisatoshi for satoshi unless they end with 000.
  return unit === 'msat' && number.endsWith('000') ? whole / 1_000n : whole;
}

export function unquoted(raw: string): string {
  return raw.startsWith('"') ? raw.slice(1, -1) : raw;
}
