import type { Alternative } from './alternative.ts';
import type { Call, Circumstances } from './call.ts';
import { Fields, reasonOf } from './fields.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/** The result of checking a call against each part of a rune. */
export interface Verdict {
  /** Whether all restrictions hold. Does not imply that the rune is genuine. */
  readonly allowed: boolean;
  readonly restrictions: readonly RestrictionVerdict[];
}

/** The result for one restriction, which holds if one of its alternatives holds. */
export interface RestrictionVerdict {
  readonly restriction: Restriction;
  readonly passed: boolean;
  readonly alternatives: readonly AlternativeVerdict[];
}

/** The result for one alternative. `reason` is lightningd's, with the rune's field names; undefined if it holds. */
export interface AlternativeVerdict {
  readonly alternative: Alternative;
  readonly passed: boolean;
  readonly reason: string | undefined;
}

/**
 * Checks a call against every alternative of every restriction, without stopping at the first refusal.
 *
 * @throws {RuneSyntaxError} if the call's parameters are not a JSON object or array
 *
 * @example
 * ```ts
 * import { explainVerdict, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==')
 *   .restrict(Restriction.of('method^list', 'method=getinfo'))
 *   .restrict(Restriction.of('pnum=0'));
 * const verdict = explainVerdict(rune, { now: 0n, method: 'getinfo', params: '[1]' });
 * verdict.allowed; // => false
 * verdict.restrictions.map(({ passed }) => passed); // => [true, false]
 * verdict.restrictions[0]?.alternatives.map(({ reason }) => reason); // => ['method does not start with list', undefined]
 * ```
 */
export function explainVerdict(rune: Rune, call: Call, circumstances: Circumstances = {}): Verdict {
  const fields = new Fields(call, circumstances, rune.uniqueId);
  fields.parameters();
  const restrictions = rune.restrictions.map((restriction): RestrictionVerdict => {
    const alternatives = restriction.alternatives.map((alternative): AlternativeVerdict => {
      const reason = reasonOf(fields.test(alternative));
      return { alternative, passed: reason === undefined, reason };
    });
    return { restriction, passed: alternatives.some(({ passed }) => passed), alternatives };
  });
  return { allowed: restrictions.every(({ passed }) => passed), restrictions };
}
