import { encodeJson, LossyValueError, type LossyValueProblem } from '@clnrest/json';
import { ClnrestError } from './errors.ts';

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
  try {
    return encodeJson(value);
  } catch (cause) {
    if (cause instanceof LossyValueError) {
      throw new ClnrestError('invalid_request', describe(cause), { cause });
    }
    throw new ClnrestError('invalid_request', 'The parameters cannot be converted to JSON', {
      cause,
    });
  }
}

function describe({ problem, key }: LossyValueError): string {
  return `${subject(problem, key)} ${PREDICATES[problem]}`;
}

function subject(problem: LossyValueProblem, key: string): string {
  if (key !== '') return `The parameter ${JSON.stringify(key)} is`;
  return problem === 'collection' ? 'The parameters are' : 'A parameter is';
}

const PREDICATES: Readonly<Record<LossyValueProblem, string>> = {
  unsafe_integer: 'an integer beyond 2^53 and has lost digits: use a bigint',
  not_finite: 'not a finite number',
  collection: 'a Map or a Set: use an object or an array',
};
