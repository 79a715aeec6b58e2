import type { ParsedRune } from '../node/parsed-rune.ts';

/** The rune or address that a use of a shared resource counts for. */
export interface Origin {
  /** Two origins are the same if their keys are. */
  readonly key: string;
  /** Describes the origin in a refusal without identifying it. */
  readonly name: string;
}

/** The origin of all requests for paths that need no rune. Its key is neither a unique id (`=12`) nor an address. */
export const NO_RUNE: Origin = { key: 'none', name: 'without a rune' };

/** The origin of a genuine rune. Runes that derive from one rune are one origin: any holder can derive more. */
export function originOfRune({ id }: Pick<ParsedRune, 'id'>): Origin {
  return { key: `=${id}`, name: 'of this rune' };
}

/** The origin of a client without a verified rune. */
export function originOfAddress(key: string): Origin {
  return { key, name: 'from this address' };
}
