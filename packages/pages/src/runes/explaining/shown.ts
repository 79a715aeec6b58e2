import { type Restriction, restrictionInWords, type Rune } from '@clnrest/runes';
import { visible } from '../../visible.ts';
import type { Concern } from './concerns.ts';

/** A restriction to show on the page. */
export interface ShownRestriction {
  readonly words: string;
  /** The encoded restriction, with invisible characters escaped. */
  readonly text: string;
  readonly concerns: readonly Concern[];
  /** Its index among the added restrictions; undefined for those of the pasted rune. */
  readonly added: number | undefined;
}

/**
 * @param own the number of restrictions of the pasted rune
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

/** Returns a restriction in words and in its encoded form. */
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

/** Returns the sentence before the list of restrictions. */
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

/** A node's ids are numbers. Other ids are untrusted text. */
function nameOf(id: string): string {
  return /^[0-9]{1,20}$/.test(id)
    ? id
    : `“${visible(id.length > 40 ? `${id.slice(0, 40)}…` : id)}”`;
}
