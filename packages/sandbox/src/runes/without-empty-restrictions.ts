import { Rune } from '@clnrest/runes';

/**
 * Removes empty restrictions. `createrune` encodes the restriction `[]` as a `&` at the end of the rune;
 * lightningd ignores it in createrune, showrunes and decode.
 */
export function withoutEmptyRestrictions({ code, uniqueId, version, restrictions }: Rune): Rune {
  const remaining = restrictions.filter(({ alternatives }) => alternatives.length > 0);
  return new Rune(code, uniqueId, version, remaining);
}
