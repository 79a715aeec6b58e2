import { secretMark } from './secret-mark.ts';

/** An integer of 16 digits or more, which a double may not hold. Only a number follows these characters. */
const MAYBE_LARGE = /(?:^|[\s:,[])-?[1-9][0-9]{15,}(?![0-9.eE])/;
/** The start of a string or a number, outside of strings. */
const STRING_OR_NUMBER = /["0-9-]/g;
const NUMBER = /[0-9.eE+-]+/y;
const INTEGER = /^-?[0-9]+$/;
/** Turning digits into a bigint takes quadratic time: 0.4 ms for 10,000 digits, 430 ms for a million. */
const MAX_DIGITS = 10_000;

/**
 * `JSON.parse` without rounding: an integer beyond ±(2^53 − 1) becomes a bigint, every other value is
 * what `JSON.parse` returns. Numbers with a fraction or an exponent become the nearest double.
 *
 * Throws a SyntaxError if the text is not JSON, or has an integer of more than 10,000 digits.
 *
 * @example
 * ```ts
 * import { parseJson } from '@clnrest/json';
 * parseJson('{"amount_msat":9007199254740993,"label":"a"}') // => { amount_msat: 9007199254740993n, label: 'a' }
 * parseJson('[9007199254740991]') // => [9007199254740991]
 * ```
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!mayHaveLargeInteger(text)) return value;
  // Only the newest engines pass a number's digits to a reviver (`context.source`), so they travel in strings.
  const mark = secretMark();
  return unmark(JSON.parse(markLargeIntegers(text, mark)), mark);
}

/**
 * Returns false if `JSON.parse` keeps all integers of this text. It searches once and does not parse.
 *
 * @example
 * ```ts
 * import { mayHaveLargeInteger } from '@clnrest/json';
 * mayHaveLargeInteger('{"amount_msat":9007199254740993}') // => true
 * mayHaveLargeInteger('{"amount_msat":1000}') // => false
 * ```
 */
export function mayHaveLargeInteger(text: string): boolean {
  return MAYBE_LARGE.test(text);
}

/** Puts large integers into strings that start with the mark. The text must be valid JSON. */
function markLargeIntegers(text: string, mark: string): string {
  let out = '';
  let copied = 0;
  STRING_OR_NUMBER.lastIndex = 0;
  for (
    let found = STRING_OR_NUMBER.exec(text);
    found !== null;
    found = STRING_OR_NUMBER.exec(text)
  ) {
    const { index } = found;
    if (found[0] === '"') {
      STRING_OR_NUMBER.lastIndex = endOfString(text, index);
      continue;
    }
    NUMBER.lastIndex = index;
    const [digits = ''] = NUMBER.exec(text) ?? [];
    if (isLargeInteger(digits)) {
      out += `${text.slice(copied, index)}"${mark}${digits}"`;
      copied = index + digits.length;
    }
    STRING_OR_NUMBER.lastIndex = index + digits.length;
  }
  return out + text.slice(copied);
}

function isLargeInteger(digits: string): boolean {
  if (digits.length < 16 || !INTEGER.test(digits)) return false;
  if (digits.length > MAX_DIGITS) {
    throw new SyntaxError(`an integer has ${digits.length} digits (limit: ${MAX_DIGITS})`);
  }
  return !Number.isSafeInteger(Number(digits));
}

/** The index after the closing quote of the string that starts at `quote`. */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; ; at++) {
    at = text.indexOf('"', at);
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
}

/** Replaces marked strings with bigints, in place and without recursion: nesting can be deep. */
function unmark(value: unknown, mark: string): unknown {
  const root = [value];
  const containers: unknown[] = [root];
  for (let container = containers.pop(); container !== undefined; container = containers.pop()) {
    const members = container as Record<string, unknown>;
    for (const key of Object.keys(members)) {
      const member = members[key];
      if (typeof member === 'string') {
        if (member.startsWith(mark)) members[key] = BigInt(member.slice(mark.length));
      } else if (typeof member === 'object' && member !== null) {
        containers.push(member);
      }
    }
  }
  return root[0];
}
