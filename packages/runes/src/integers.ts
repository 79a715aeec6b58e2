/** C's integer parsing, as in lightningd, for a `long` of 64 bits. */

const S64_MIN = -(2n ** 63n);
const S64_MAX = 2n ** 63n - 1n;
const U64 = 2n ** 64n;

// C's isspace() may come first, then a sign, then decimal digits.
const LONG = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)/;

/** `strtol(text, …, 10)` over the whole text; undefined if it fails or overflows. */
export function signedInteger(text: string): bigint | undefined {
  const short = shortInteger(text);
  if (short !== undefined) return BigInt(short);
  const match = LONG.exec(text);
  if (match === null || match[0].length !== text.length) return undefined;
  const value = fromDigits(match[1] === '-', match[2] ?? '');
  return value < S64_MIN || value > S64_MAX ? undefined : value;
}

/**
 * `strtoul(text, …, 10)`: returns the number at the start and the rest. As in C, a minus sign wraps around and larger
 * numbers become the maximum.
 */
export function leadingUnsigned(text: string): { value: bigint; rest: string } | undefined {
  const match = LONG.exec(text);
  if (match === null) return undefined;
  const magnitude = fromDigits(false, match[2] ?? '');
  const value =
    magnitude >= U64 ? U64 - 1n : match[1] === '-' ? (U64 - magnitude) % U64 : magnitude;
  return { value, rest: text.slice(match[0].length) };
}

/** `atol(text)`: returns the number at the start, or 0. Numbers out of range become the minimum or maximum. */
export function leadingSigned(text: string): bigint {
  const match = LONG.exec(text);
  if (match === null) return 0n;
  const value = fromDigits(match[1] === '-', match[2] ?? '');
  return value < S64_MIN ? S64_MIN : value > S64_MAX ? S64_MAX : value;
}

/** Parses a JSON integer of 64 signed bits: `-0` is 0; `5.0` and `1e3` are not integers. */
export function jsonInteger(raw: string): bigint | undefined {
  const short = shortInteger(raw);
  if (short !== undefined) return BigInt(short);
  return /^-?[0-9]+$/.test(raw) ? signedInteger(raw) : undefined;
}

/**
 * Parses a unique id like lightningd (`strtoull(…, 0)`: `0x` is hex, a leading 0 is octal). Returns undefined if the
 * id is not a number or exceeds 63 bits, which is the limit of lightningd's database.
 *
 * @example
 * ```ts
 * import { uniqueIdNumber } from '@clnrest/runes';
 *
 * uniqueIdNumber('17'); // => 17n
 * uniqueIdNumber('seventeen'); // => undefined
 * ```
 */
export function uniqueIdNumber(id: string): bigint | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(id);
  if (match === null) {
    // strtoull accepts an empty text, which lightningd reads as 0.
    return id === '' ? 0n : undefined;
  }
  const [, sign, hex, octal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? digitsToBigInt(hex, '0x')
      : octal !== undefined
        ? digitsToBigInt(octal, '0o')
        : digitsToBigInt(decimal ?? '');
  if (magnitude >= U64) return undefined;
  const value = sign === '-' ? (U64 - magnitude) % U64 : magnitude;
  return value > S64_MAX ? undefined : value;
}

/** So many digits are always exact in a double. */
const SHORT = 15;

/** Parses up to 15 digits without a sign, as most integers are: reading larger ones takes four times as long. */
function shortInteger(text: string): number | undefined {
  if (text.length === 0 || text.length > SHORT) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function fromDigits(negative: boolean, digits: string): bigint {
  const value = digitsToBigInt(digits);
  return negative ? -value : value;
}

/** More than 64 bits have in any base. */
const MAX_DIGITS = 30;

/** BigInt() takes quadratic time, so that texts beyond 64 bits are not converted. */
function digitsToBigInt(digits: string, prefix = ''): bigint {
  const significant = digits.length > MAX_DIGITS ? digits.replace(/^0+(?=.)/, '') : digits;
  return significant.length > MAX_DIGITS ? U64 : BigInt(prefix + significant);
}
