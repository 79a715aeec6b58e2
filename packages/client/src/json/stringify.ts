import { ClnrestError } from '../errors.ts';
import { secretMark } from './mark.ts';

/**
 * Converts a value to JSON text like `JSON.stringify`, with bigints as their digits. Rejects values that
 * `JSON.stringify` would silently change: numbers beyond 2^53, which have lost digits; NaN and infinities, which
 * become `null`; Maps and Sets, which become `{}`.
 *
 * @throws {ClnrestError} `invalid_request` for those values, and for values without a JSON text
 *
 * @example
 * ```ts
 * import { stringifyJson } from '@clnrest/client';
 * stringifyJson({ amount_msat: 9007199254740993n, label: 'ä' }) // => '{"amount_msat":9007199254740993,"label":"ä"}'
 * ```
 */
export function stringifyJson(value: unknown): string {
  let mark: string | undefined;
  const text = nativeText(value, function (this: unknown, key, member) {
    // `member` is the result of toJSON, which a program may have added to BigInt.prototype.
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

function nativeText(
  value: unknown,
  replacer: (this: unknown, key: string, member: unknown) => unknown,
): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, replacer);
  } catch (cause) {
    if (cause instanceof ClnrestError) throw cause;
    throw new ClnrestError('invalid_request', 'The parameters cannot be converted to JSON', {
      cause,
    });
  }
  if (text === undefined) {
    throw new ClnrestError('invalid_request', 'The parameters cannot be converted to JSON');
  }
  return text;
}

/** JSON.stringify would write `{}`, so that a filter, for example, would be lost. */
function collection(key: string): ClnrestError {
  const what = key === '' ? 'The parameters are' : `The parameter ${JSON.stringify(key)} is`;
  return new ClnrestError('invalid_request', `${what} a Map or a Set: use an object or an array`);
}

function assertExact(number: number, key: string): void {
  const what = key === '' ? 'A parameter' : `The parameter ${JSON.stringify(key)}`;
  if (!Number.isFinite(number)) {
    throw new ClnrestError('invalid_request', `${what} is not a finite number`);
  }
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    const words = `${what} is an integer beyond 2^53 and has lost digits: use a bigint`;
    throw new ClnrestError('invalid_request', words);
  }
}
