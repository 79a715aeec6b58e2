import { Rune, staticVerdict } from '@clnrest/runes';

/** The commands of this page. */
export type RuneCommand = 'showrunes' | 'createrune' | 'blacklistrune';

/** For each command, why the operator's rune certainly does not allow it, in lightningd's words. */
export type Powers = Readonly<Record<RuneCommand, string | undefined>>;

/**
 * Returns what a rune cannot do on this page. Parameters are not known yet: a rune that restricts them is left to the node.
 *
 * @param now in seconds since 1970
 */
export function powersOf({ code, uniqueId, version, restrictions }: Rune, now: bigint): Powers {
  const certain = restrictions.filter(
    ({ alternatives }) =>
      alternatives.length > 0 &&
      alternatives.every(({ fieldname }) => /^(?:method|time|id)$/.test(fieldname)),
  );
  const rune = new Rune(code, uniqueId, version, certain);
  const missing = (method: RuneCommand): string | undefined => {
    const verdict = staticVerdict(rune, { method, now: now * 1_000_000_000n });
    return verdict.kind === 'refused' ? verdict.reason : undefined;
  };
  return {
    showrunes: missing('showrunes'),
    createrune: missing('createrune'),
    blacklistrune: missing('blacklistrune'),
  };
}
