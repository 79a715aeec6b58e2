import { type Restriction, restrictionInWords, type Rune } from '@clnrest/runes';
import { visible } from '../../visible.ts';
import type { Concern } from './concerns.ts';

/** A restriction as the page shows it. */
export interface ShownRestriction {
  readonly words: string;
  /** As it is written in the rune, but for what can't be seen. */
  readonly text: string;
  readonly concerns: readonly Concern[];
  /** Its place among those that were added here. */
  readonly added: number | undefined;
}

/**
 * @param own how many of the restrictions the rune had when it came
 * @param concerns about the whole rune
 */
export function shownRestrictions(
  rune: Rune,
  own: number,
  concerns: readonly Concern[],
  now: bigint,
): readonly ShownRestriction[] {
  const byRestriction = new Map<number | undefined, Concern[]>();
  for (const concern of concerns) {
    const about = byRestriction.get(concern.restriction);
    if (about === undefined) byRestriction.set(concern.restriction, [concern]);
    else about.push(concern);
  }
  return rune.restrictions.map((restriction, i) => ({
    ...wordsOf(restriction, rune, now),
    concerns: byRestriction.get(i) ?? [],
    added: i < own ? undefined : i - own,
  }));
}

/** A restriction in words, and as it is written. */
export function wordsOf(
  restriction: Restriction,
  { uniqueId }: Rune,
  now: bigint,
): { words: string; text: string } {
  return {
    words: restrictionInWords(restriction, now, uniqueId),
    text: visible(restriction.encode()),
  };
}

/** What a rune allows, before its restrictions are told one by one. */
export function introductionOf({ uniqueId, restrictions }: Rune): string {
  const id = uniqueId === undefined ? 'A rune without an id' : `Rune ${nameOf(uniqueId)}`;
  switch (restrictions.length) {
    case 0:
      return `${id} allows everything.`;
    case 1:
      return `${id} allows a command if this holds:`;
    default:
      return `${id} allows a command if all of these hold:`;
  }
}

/** A node's ids are numbers; whoever made this one may have written anything. */
function nameOf(id: string): string {
  return /^[0-9]{1,20}$/.test(id)
    ? id
    : `“${visible(id.length > 40 ? `${id.slice(0, 40)}…` : id)}”`;
}
