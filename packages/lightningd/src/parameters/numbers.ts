import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

const U64 = 1n << 64n;
/** The format of C's strtoull with base 0: white space, a sign, and hex, octal or decimal digits. */
const INTEGER = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;

/**
 * Parses an integer like lightningd, from a number or a string.
 *
 * A negative number wraps around, as in C; a range check rejects it. An empty string is 0.
 *
 * @returns undefined if the text is not an integer, or exceeds 64 bits
 */
export function unsignedInteger(text: string): bigint | undefined {
  if (text === '') return 0n;
  const match = INTEGER.exec(text);
  const [, sign, digits = ''] = match ?? [];
  // BigInt parses long numbers slowly, and a longer number exceeds 64 bits.
  if (match === null || digits.length > 66) return undefined;
  const octal = /^0[0-7]/.test(digits);
  const magnitude = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  if (magnitude >= U64) return undefined;
  return sign === '-' ? BigInt.asUintN(64, -magnitude) : magnitude;
}

function bounded(bits: number, complaint: string): Parser<bigint> {
  return (token, name) => {
    const value = unsignedInteger(token.text);
    if (value === undefined || value >> BigInt(bits) !== 0n)
      throw invalidToken(name, complaint, token);
    return value;
  };
}

/**
 * An integer of 64 bits, from a number or a string, as a bigint.
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { bool, number, port, u32, u64, unsignedInteger } from '@clnrest/lightningd/parameters';
 * u64(parseToken('18446744073709551615'), 'n') // => 18446744073709551615n
 * u32(parseToken('"7"'), 'n') // => 7n
 * number(parseToken('7'), 'n') // => 7
 * port(parseToken('9735'), 'port') // => 9735
 * bool(parseToken('true'), 'flag') // => true
 * unsignedInteger('0x10') // => 16n
 * ```
 */
export const u64: Parser<bigint> = bounded(64, 'should be an unsigned 64 bit integer');

/** An integer of 32 bits, as a bigint. */
export const u32: Parser<bigint> = bounded(32, 'should be an unsigned 32 bit integer');

/** A TCP port other than 0. */
export const port: Parser<number> = (token, name) => {
  const value = Number(bounded(16, 'should be a 16-bit integer')(token, name));
  if (value === 0) throw invalidToken(name, 'should be non-zero', token);
  return value;
};

/** An integer of 32 bits, as a number: lightningd's `number`. */
export const number: Parser<number> = (token, name) =>
  Number(bounded(32, 'should be an integer')(token, name));

/** `true` or `false`. */
export const bool: Parser<boolean> = (token, name) => {
  if (token.type === 'primitive' && token.raw === 'true') return true;
  if (token.type === 'primitive' && token.raw === 'false') return false;
  throw invalidToken(name, "should be 'true' or 'false'", token);
};
