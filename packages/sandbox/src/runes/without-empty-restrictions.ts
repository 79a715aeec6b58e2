import { Rune } from '@clnrest/runes';

/**
 * A rune as createrune and showrunes take it: they overlook the empty restriction, a `&` at the end,
 * that createrune makes of `[]`. So does decode.
 */
export function withoutEmptyRestrictions({ code, uniqueId, version, restrictions }: Rune): Rune {
  const shown = restrictions.filter(({ alternatives }) => alternatives.length > 0);
  return new Rune(code, uniqueId, version, shown);
}
