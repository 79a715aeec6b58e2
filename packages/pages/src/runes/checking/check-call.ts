import {
  explainVerdict,
  refusalReason,
  restrictionInWords,
  type RestrictionVerdict,
  type Rune,
} from '@clnrest/runes';
import type { CheckInput } from './call-form.ts';

/** The result of checking a call against a rune. */
export interface CallCheck {
  readonly allowed: boolean;
  /** The node's message, if the rune refuses the call. */
  readonly refusal: string | undefined;
  readonly restrictions: readonly RestrictionCheck[];
}

/** The result for one restriction, and the restriction in words. */
export interface RestrictionCheck {
  readonly words: string;
  readonly verdict: RestrictionVerdict;
}

/**
 * Checks a call like a node, assuming that the rune is genuine and not blacklisted.
 *
 * @param now in seconds since 1970, for the description
 */
export function checkCall(rune: Rune, { call, circumstances }: CheckInput, now: bigint): CallCheck {
  const { allowed, restrictions } = explainVerdict(rune, call, circumstances);
  const reason = refusalReason(rune, call, circumstances);
  return {
    allowed,
    refusal: reason === undefined ? undefined : `Not permitted: ${reason}`,
    restrictions: restrictions.map((verdict) => ({
      words: restrictionInWords(verdict.restriction, now, rune.uniqueId),
      verdict,
    })),
  };
}

/** Whether the result depends on the last use of the rune. */
export function hasPause(rune: Rune): boolean {
  return rune.restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname === 'rate' || fieldname === 'per'),
  );
}
