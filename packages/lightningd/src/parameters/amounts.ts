import { isString } from '@clnrest/json/tokens';
import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

const AMOUNT = /^(?<whole>[0-9]*)(?<point>\.(?<decimals>[0-9]*))?(?<suffix>.*)$/su;
const MSAT_PER_SAT = 1000n;
const BTC_DECIMALS = 11;

/**
 * Parses an amount in millisatoshi: `1000`, `"1000msat"`, `"1sat"`, `"0.00000001btc"`.
 *
 * As in lightningd, the suffix only has to start with a unit.
 *
 * @returns undefined if the text is not an amount, or exceeds 64 bits
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { millisatoshi, msat, positiveMsatOrAny } from '@clnrest/lightningd/parameters';
 * millisatoshi('0.1btc') // => 10000000000n
 * msat(parseToken('"10sat"'), 'amount_msat') // => 10000n
 * positiveMsatOrAny(parseToken('"any"'), 'amount_msat') // => 'any'
 * ```
 */
export function millisatoshi(text: string): bigint | undefined {
  // A longer number exceeds 64 bits.
  if (text.length > 100) return undefined;
  const { whole = '', point, decimals = '', suffix = '' } = AMOUNT.exec(text)?.groups ?? {};
  if (whole === '') return undefined;
  const units = BigInt(whole);
  const amount = (): bigint | undefined => {
    if (suffix.startsWith('btc')) {
      if (decimals.length > BTC_DECIMALS) return undefined;
      return BigInt(whole + decimals.padEnd(BTC_DECIMALS, '0'));
    }
    if (point !== undefined) return undefined;
    if (suffix === '' || suffix.startsWith('msat')) return units;
    if (suffix.startsWith('sat')) return units * MSAT_PER_SAT;
    return undefined;
  };
  const value = amount();
  return value === undefined || value >> 64n !== 0n ? undefined : value;
}

/** An amount, with an optional unit, in millisatoshi as a bigint. */
export const msat: Parser<bigint> = (token, name) => {
  const amount = millisatoshi(token.text);
  if (amount === undefined) throw invalidToken(name, 'should be a millisatoshi amount', token);
  return amount;
};

/** The amount of an invoice, or `"any"`. */
export const positiveMsatOrAny: Parser<bigint | 'any'> = (token, name) => {
  if (isString(token, 'any')) return 'any';
  const amount = millisatoshi(token.text);
  if (amount === undefined || amount === 0n) {
    throw invalidToken(name, "should be positive msat or 'any'", token);
  }
  return amount;
};
