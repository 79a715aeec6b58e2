import { secretMark } from './mark.ts';

/** An integer of 16 digits or more, which a double may not represent. */
const MAYBE_LARGE = /(?:^|[\s:,[])-?[1-9][0-9]{15,}(?![0-9.eE])/;
/** Outside of strings, the start of a string or a number. */
const STRING_OR_NUMBER = /["0-9-]/g;
const NUMBER = /[0-9.eE+-]+/y;
const INTEGER = /^-?[0-9]+$/;
/** Limits the work: converting digits to a bigint takes quadratic time. */
const MAX_DIGITS = 10_000;

/**
 * Parses JSON text like `JSON.parse`, with integers outside -(2^53-1) to 2^53-1 as bigints. Numbers with a
 * fraction or an exponent become the nearest double.
 *
 * @throws {SyntaxError} if the text is not valid JSON or has an integer of more than 10,000 digits
 *
 * @example
 * ```ts
 * import { parseJson } from '@clnrest/client';
 * parseJson('{"amount_msat":9007199254740993,"label":"a"}') // => { amount_msat: 9007199254740993n, label: 'a' }
 * parseJson('[9007199254740991]') // => [9007199254740991]
 * ```
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!MAYBE_LARGE.test(text)) return value;
  // Only the newest engines pass a number's source text to the reviver of JSON.parse.
  const mark = secretMark();
  return unmarked(JSON.parse(marked(text, mark)), mark);
}

/** Replaces large integers by strings that start with the mark. Requires valid JSON. */
function marked(text: string, mark: string): string {
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
    if (isLarge(digits)) {
      out += `${text.slice(copied, index)}"${mark}${digits}"`;
      copied = index + digits.length;
    }
    STRING_OR_NUMBER.lastIndex = index + digits.length;
  }
  return out + text.slice(copied);
}

function isLarge(digits: string): boolean {
  if (digits.length < 16 || !INTEGER.test(digits)) return false;
  if (digits.length > MAX_DIGITS) throw new SyntaxError('an integer has too many digits');
  return !Number.isSafeInteger(Number(digits));
}

/** Returns the index after the closing quote of the string that starts at `quote`. */
function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; ; at++) {
    at = text.indexOf('"', at);
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
}

/** Converts the marked strings to bigints, in place and without recursion, since nesting can be deep. */
function unmarked(value: unknown, mark: string): unknown {
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
