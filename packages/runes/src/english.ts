import type { Alternative } from './alternative.ts';
import type { Restriction } from './restriction.ts';

/**
 * Returns showrunes' English for one alternative.
 *
 * @example
 * ```ts
 * import { Alternative, alternativeInEnglish } from '@clnrest/runes';
 *
 * alternativeInEnglish(Alternative.of('method=getinfo')); // => 'method equal to getinfo'
 * ```
 */
export function alternativeInEnglish({ fieldname, condition, value }: Alternative): string {
  const saying = (words: string): string => `${fieldname} ${words} ${value}`;
  switch (condition) {
    case '!':
      return `${fieldname} is missing`;
    case '=':
      return saying('equal to');
    case '/':
      return saying('unequal to');
    case '^':
      return saying('starts with');
    case '$':
      return saying('ends with');
    case '~':
      return saying('contains');
    case '<':
      return saying('<');
    case '>':
      return saying('>');
    case '{':
      return saying('sorts before');
    case '}':
      return saying('sorts after');
    case '#':
      return `comment: ${fieldname} ${value}`;
  }
}

/**
 * Returns showrunes' English for a restriction: its alternatives joined by OR.
 *
 * @example
 * ```ts
 * import { Restriction, restrictionInEnglish } from '@clnrest/runes';
 *
 * restrictionInEnglish(Restriction.of('method^list', 'pnum<2')); // => 'method starts with list OR pnum < 2'
 * ```
 */
export function restrictionInEnglish({ alternatives }: Restriction): string {
  return alternatives.map(alternativeInEnglish).join(' OR ');
}

/**
 * Returns showrunes' `restrictions_as_english`: all restrictions joined by AND.
 *
 * @example
 * ```ts
 * import { Restriction, restrictionsInEnglish } from '@clnrest/runes';
 *
 * restrictionsInEnglish([Restriction.of('method=pay'), Restriction.of('pnum<2')]);
 * // => 'method equal to pay AND pnum < 2'
 * ```
 */
export function restrictionsInEnglish(restrictions: readonly Restriction[]): string {
  return restrictions.map(restrictionInEnglish).join(' AND ');
}
