import type { Restriction } from '@clnrest/runes';

/**
 * Returns when a rune expires, in seconds since 1970: the earliest restriction of which every alternative is `time<…`.
 * Returns undefined if no time alone ends it.
 */
export function expiryOf(restrictions: readonly Restriction[]): bigint | undefined {
  let earliest: bigint | undefined;
  for (const { alternatives } of restrictions) {
    const times = alternatives.flatMap(({ fieldname, condition, value }) =>
      fieldname === 'time' && condition === '<' && /^-?[0-9]{1,18}$/.test(value)
        ? [BigInt(value)]
        : [],
    );
    const [first, ...others] = times;
    if (first === undefined || times.length < alternatives.length) continue;
    const latest = others.reduce((most, time) => (time > most ? time : most), first);
    if (earliest === undefined || latest < earliest) earliest = latest;
  }
  return earliest;
}
