import { ClnrestError } from '../errors.ts';
import { secretMark } from './mark.ts';

/**
 * Value → JSON text, like `JSON.stringify`, but that bigints are written as their digits, and that numbers
 * which are not what was meant are refused: integers beyond 2^53, of which nobody knows the last digits
 * any more, NaN and infinities, which would be `null`, and Maps and Sets, which would be empty.
 *
 * @throws {ClnrestError} `invalid_request` for those, and for what has no JSON text
 *
 * @example
 * ```ts
 * import { encodeJson } from '@clnrest/client';
 * encodeJson({ amount_msat: 9007199254740993n, label: 'ä' }) // => '{"amount_msat":9007199254740993,"label":"ä"}'
 * ```
 */
export function encodeJson(value: unknown): string {
  let mark: string | undefined;
  const text = stringify(value, function (this: unknown, key, member) {
    // What a bigint is now: someone may have given bigints a toJSON.
    const original = (this as Record<string, unknown>)[key];
    const digits = typeof original === 'bigint' ? original : member;
    if (typeof digits === 'bigint') {
      mark ??= secretMark();
      return `${mark}${digits}`;
    }
    if (typeof member === 'number') assertExact(member, key);
    if (member instanceof Map || member instanceof Set) throw collection(key);
    return member;
  });
  if (mark === undefined) return text;
  return text.replace(new RegExp(`"${mark}(-?[0-9]+)"`, 'g'), '$1');
}

function stringify(
  value: unknown,
  replacer: (this: unknown, key: string, member: unknown) => unknown,
): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, replacer);
  } catch (cause) {
    if (cause instanceof ClnrestError) throw cause;
    throw new ClnrestError('invalid_request', 'The parameters have no JSON text', { cause });
  }
  if (text === undefined) {
    throw new ClnrestError('invalid_request', 'The parameters have no JSON text');
  }
  return text;
}

/** JSON would have an empty object in its place: a filter, say, would vanish. */
function collection(key: string): ClnrestError {
  const what = key === '' ? 'The parameters are' : `The parameter ${JSON.stringify(key)} is`;
  return new ClnrestError('invalid_request', `${what} a Map or a Set: use an object or an array`);
}

function assertExact(number: number, key: string): void {
  const what = key === '' ? 'A parameter' : `The parameter ${JSON.stringify(key)}`;
  if (!Number.isFinite(number)) {
    throw new ClnrestError('invalid_request', `${what} is no finite number`);
  }
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    const words = `${what} is a number beyond 2^53, whose last digits are lost: use a bigint`;
    throw new ClnrestError('invalid_request', words);
  }
}
