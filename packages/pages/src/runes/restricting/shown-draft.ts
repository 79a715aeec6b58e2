import type { LintOptions, Rune } from '@clnrest/runes';
import { type Concern, concernsOf } from '../explaining/concerns.ts';
import { wordsOf } from '../explaining/shown.ts';
import { type DraftAlternative, readDraft } from './draft.ts';

/** A preview of the restriction that the form adds. */
export interface ShownDraft {
  readonly words: string;
  readonly text: string;
  /** The concerns after adding the restriction. */
  readonly concerns: readonly Concern[];
}

/** Returns undefined while the form is incomplete. */
export function shownDraft(
  rune: Rune,
  draft: readonly DraftAlternative[],
  now: bigint,
  known?: LintOptions,
): ShownDraft | undefined {
  const read = readDraft(draft);
  if ('problems' in read) return undefined;
  const place = rune.restrictions.length;
  const concerns = concernsOf(rune.restrict(read.restriction), now, known);
  return {
    ...wordsOf(read.restriction, rune, now),
    concerns: concerns.filter(({ restriction }) => restriction === place),
  };
}
