import { visible } from '../../../visible.ts';
import type { NodeRune } from '../node-rune.ts';

/** Characters of a name to show. The details show all of it. */
const MAX_NAME = 80;

/** Returns the name of a rune, escaped and cut; empty for a rune without a name. */
export function shownName({ name }: NodeRune): string {
  const text = visible(name.slice(0, MAX_NAME).toWellFormed());
  return name.length > MAX_NAME ? `${text}…` : text;
}

/** Returns `rune 5 “Shop”`, to refer to a rune in a sentence. */
export function titleOf(rune: NodeRune): string {
  const name = shownName(rune);
  return name === '' ? `rune ${rune.id}` : `rune ${rune.id} “${name}”`;
}
