import { millisatoshi } from '@clnrest/lightningd/parameters';

const INT64 = 1n << 63n;
/** C's strtol with base 0. */
const INTEGER = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;

function magnitude(digits: string): bigint {
  return BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
}

/** The value of an int option, or undefined if `intProblem` reports a problem. */
export function intValue(text: string): bigint | undefined {
  const [, sign, digits = ''] = INTEGER.exec(text) ?? [];
  if (digits === '' || digits.length > 70) return undefined;
  const value = sign === '-' ? -magnitude(digits) : magnitude(digits);
  return value < -INT64 || value >= INT64 ? undefined : value;
}

/** Returns lightningd's error text for an invalid int, or undefined. */
export function intProblem(text: string): string | undefined {
  if (!INTEGER.test(text)) return `'${text}' is not a number`;
  return intValue(text) === undefined ? `'${text}' is out of range` : undefined;
}

/** The same for an unsigned 32-bit integer. */
export function u32Problem(text: string): string | undefined {
  const problem = intProblem(text);
  if (problem !== undefined) return problem;
  return (intValue(text) ?? 0n) >> 32n === 0n ? undefined : `'${text}' is out of range`;
}

/** The value of a bool option, or undefined if `boolProblem` reports a problem. */
export function boolValue(text: string): boolean | undefined {
  switch (text.toLowerCase()) {
    case 'yes':
    case 'true':
      return true;
    case 'no':
    case 'false':
      return false;
    default:
      return undefined;
  }
}

export function boolProblem(text: string): string | undefined {
  return boolValue(text) === undefined ? `Invalid argument '${text}'` : undefined;
}

/** Returns lightningd's error text for an invalid amount, or undefined. */
export function msatProblem(text: string): string | undefined {
  return millisatoshi(text) === undefined ? `Unable to parse millisatoshi '${text}'` : undefined;
}

export function rgbProblem(text: string): string | undefined {
  return /^[0-9a-fA-F]{6}$/.test(text) ? undefined : `rgb '${text}' is not six hex digits`;
}

/** BOLT 7: an alias has 32 bytes. */
export function aliasProblem(text: string): string | undefined {
  return Buffer.byteLength(text) > 32 ? `Alias '${text}' is over 32 characters` : undefined;
}

export function modeProblem(text: string): string | undefined {
  return /^0[0-7]{3}$/.test(text) ? undefined : `'${text}' is not a file mode`;
}

export function secretProblem(text: string): string | undefined {
  return /^[0-9a-fA-F]{64}$/.test(text) ? undefined : 'must be 64 hex digits (32 bytes)';
}
