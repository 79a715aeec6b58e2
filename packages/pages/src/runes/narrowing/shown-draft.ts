import type { Rune } from '@clnrest/runes';
import { type Concern, concernsOf } from '../reading/concerns.ts';
import { wordsOf } from '../reading/shown.ts';
import { type DraftAlternative, readDraft } from './draft.ts';

/** The restriction that the form would add. */
export interface ShownDraft {
  readonly words: string;
  readonly text: string;
  /** What would be said of it, once added. */
  readonly concerns: readonly Concern[];
}

/** Nothing while something is missing in the form. */
export function shownDraft(
  rune: Rune,
  draft: readonly DraftAlternative[],
  now: bigint,
): ShownDraft | undefined {
  const read = readDraft(draft);
  if ('problems' in read) return undefined;
  const place = rune.restrictions.length;
  const concerns = concernsOf(rune.restrict(read.restriction), now);
  return {
    ...wordsOf(read.restriction, rune, now),
    concerns: concerns.filter(({ restriction }) => restriction === place),
  };
}
