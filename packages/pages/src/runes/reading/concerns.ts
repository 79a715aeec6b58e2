import { type Finding, lint, type Restriction, type Rune, uniqueIdNumber } from '@clnrest/runes';

/** Something about a rune that its holder should know, where it concerns the whole rune or one restriction. */
export type Concern = Pick<Finding, 'severity' | 'message' | 'restriction'>;

/**
 * What lint finds, and what keeps every node from accepting the rune.
 *
 * @param now in seconds since 1970
 */
export function concernsOf(rune: Rune, now: bigint): readonly Concern[] {
  return [...unacceptable(rune), ...lint(rune, now)];
}

/**
 * What stays true of a rune that restrictions were added to here: whoever saw the unrestricted one may still
 * do everything.
 *
 * @param now in seconds since 1970
 */
export function concernsOfOriginal(
  given: Rune,
  added: readonly Restriction[],
  now: bigint,
): readonly Concern[] {
  const isUnrestricted = () => lint(given, now).some(({ code }) => code === 'unrestricted');
  if (added.length === 0 || !isUnrestricted()) return [];
  const message =
    'the rune that was pasted is as unrestricted as before: hand out only the one that is made here';
  return [{ severity: 'hint', message }];
}

function unacceptable({ uniqueId, version }: Rune): Concern[] {
  const mistake = (message: string): Concern => ({ severity: 'mistake', message });
  if (uniqueId === undefined) {
    return [mistake('this rune has no unique id: no node accepts it')];
  }
  if (uniqueIdNumber(uniqueId) === undefined) {
    return [mistake('the unique id of this rune is no number: no node accepts it')];
  }
  return version === undefined
    ? []
    : [mistake('this rune is of a version that no node makes or accepts')];
}
