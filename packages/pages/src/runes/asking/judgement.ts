import {
  explainVerdict,
  refusalReason,
  restrictionInWords,
  type RestrictionVerdict,
  type Rune,
} from '@clnrest/runes';
import type { Asked } from './question.ts';

/** What a rune says to a call, all of it. */
export interface Judgement {
  readonly allowed: boolean;
  /** The node's own words for a refusal. */
  readonly refusal: string | undefined;
  readonly restrictions: readonly Judged[];
}

export interface Judged {
  readonly words: string;
  readonly verdict: RestrictionVerdict;
}

/**
 * Judges a call as the node would, a genuine rune provided.
 *
 * @param now in seconds since 1970, for the words
 */
export function judgementOf(rune: Rune, { call, circumstances }: Asked, now: bigint): Judgement {
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

/** Whether a rune's verdict depends on when it was last used. */
export function hasPause(rune: Rune): boolean {
  return rune.restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname === 'rate' || fieldname === 'per'),
  );
}
