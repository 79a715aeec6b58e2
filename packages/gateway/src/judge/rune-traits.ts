import { needsNode } from '@clnrest/runes';
import type { ParsedRune } from '../node/parsed-rune.ts';

/** What a rune's fields reveal about its checks. */
export interface RuneTraits {
  /** Only the node can check the rune. */
  readonly needsNode: boolean;
  /** The rune limits how often it can be used, which the node counts by its unique id. */
  readonly countsUses: boolean;
  readonly dependsOnTime: boolean;
}

const CACHE = new WeakMap<ParsedRune, RuneTraits>();

/** Returns the traits of a rune, and caches them while the rune is in use. */
export function traitsOf(rune: ParsedRune): RuneTraits {
  let traits = CACHE.get(rune);
  if (traits === undefined) {
    traits = findTraits(rune);
    CACHE.set(rune, traits);
  }
  return traits;
}

function findTraits({ rune }: ParsedRune): RuneTraits {
  const fields = new Set(
    rune.restrictions.flatMap(({ alternatives }) => alternatives.map(({ fieldname }) => fieldname)),
  );
  return {
    needsNode: needsNode(rune),
    countsUses: fields.has('rate') || fields.has('per'),
    dependsOnTime: fields.has('time'),
  };
}
