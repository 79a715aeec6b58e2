import { RawJson } from './raw-json.ts';
import { secretMark } from './secret-mark.ts';

/** Why a value would not survive `JSON.stringify`, which changes it silently. */
export type LossyValueProblem =
  /** An integer number beyond ±(2^53 − 1), which has lost digits already. */
  | 'unsafe_integer'
  /** NaN or an infinity, which would become `null`. */
  | 'not_finite'
  /** A Map or a Set, which would become `{}`. */
  | 'collection';

/**
 * The error for a value that `JSON.stringify` would silently change.
 *
 * @example
 * ```ts
 * import { encodeJson, LossyValueError } from '@clnrest/json';
 *
 * let problem = '';
 * try {
 *   encodeJson({ amount_msat: 2 ** 60 });
 * } catch (error) {
 *   if (error instanceof LossyValueError) problem = `${error.key}: ${error.problem}`;
 * }
 * problem; // => 'amount_msat: unsafe_integer'
 * ```
 */
export class LossyValueError extends TypeError {
  override readonly name = 'LossyValueError';
  readonly problem: LossyValueProblem;
  /** The name of the member, the index of the item, or an empty text for the whole value. */
  readonly key: string;

  constructor(problem: LossyValueProblem, key: string) {
    super(`${key === '' ? 'the value' : JSON.stringify(key)} is ${DESCRIPTIONS[problem]}`);
    this.problem = problem;
    this.key = key;
  }
}

const DESCRIPTIONS: Readonly<Record<LossyValueProblem, string>> = {
  unsafe_integer: 'an integer beyond 2^53 and has lost digits: use a bigint',
  not_finite: 'not a finite number',
  collection: 'a Map or a Set: use an object or an array',
};

/**
 * `JSON.stringify` that also writes a bigint as its digits and a {@link RawJson} as its text. Non-ASCII
 * characters are not escaped: lightningd rejects `\u` escapes in some parameters.
 *
 * Throws a {@link LossyValueError} for a value that `JSON.stringify` would silently change, and a TypeError
 * for a value without a JSON text (undefined, functions, cycles).
 *
 * @example
 * ```ts
 * import { encodeJson } from '@clnrest/json';
 * encodeJson({ amount_msat: 9007199254740993n, label: 'ä' }) // => '{"amount_msat":9007199254740993,"label":"ä"}'
 * ```
 */
export function encodeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  const verbatim: string[] = [];
  const text = JSON.stringify(value, function (this: unknown, key, member: unknown) {
    // `member` is the result of toJSON, which a program can have added to BigInt.prototype.
    const original = (this as Record<string, unknown>)[key];
    if (typeof original === 'bigint') return mark(original.toString());
    switch (typeof member) {
      case 'bigint':
        return mark(member.toString());
      case 'number':
        assertExact(member, key);
        return member;
      case 'object':
        if (member instanceof RawJson) return mark(member.text);
        if (isNumberObject(member)) assertExact(Number(member), key);
        if (member instanceof Map || member instanceof Set) {
          throw new LossyValueError('collection', key);
        }
        return member;
      default:
        return member;
    }
  }) as string | undefined;
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} has no JSON text`);
  if (verbatim.length === 0) return text;
  const marked = new RegExp(`"${secretMark()}([0-9]+)"`, 'g');
  return text.replace(marked, (_, index: string) => verbatim[Number(index)] ?? '');

  /** JSON.stringify writes no text verbatim, so a string takes its place until the end. */
  function mark(raw: string): string {
    return `${secretMark()}${verbatim.push(raw) - 1}`;
  }
}

/** JSON.stringify writes such an object, even one of another realm, as its number. */
function isNumberObject(value: object | null): boolean {
  return Object.prototype.toString.call(value) === '[object Number]';
}

function assertExact(number: number, key: string): void {
  if (Number.isSafeInteger(number)) return;
  if (!Number.isFinite(number)) throw new LossyValueError('not_finite', key);
  if (Number.isInteger(number)) throw new LossyValueError('unsafe_integer', key);
}
