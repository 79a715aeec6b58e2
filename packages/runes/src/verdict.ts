import type { Alternative } from './alternative.ts';
import type { Call, Circumstances } from './call.ts';
import { Fields, reasonOf } from './fields.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/** How each part of a rune judges one call. */
export interface Verdict {
  /** Whether all restrictions hold. Not whether the rune is genuine. */
  readonly allowed: boolean;
  readonly restrictions: readonly RestrictionVerdict[];
}

/** A restriction holds where one of its alternatives does. */
export interface RestrictionVerdict {
  readonly restriction: Restriction;
  readonly passed: boolean;
  readonly alternatives: readonly AlternativeVerdict[];
}

/** `reason` is lightningd's, in the rune's own terms; nothing where the alternative holds. */
export interface AlternativeVerdict {
  readonly alternative: Alternative;
  readonly passed: boolean;
  readonly reason: string | undefined;
}

/**
 * Judges a call by every alternative of every restriction, not only up to the first refusal.
 *
 * @throws {RuneSyntaxError} where the call's parameters are not a JSON object or array
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
