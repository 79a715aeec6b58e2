import type { Alternative } from './alternative.ts';
import type { Rune } from './rune.ts';
import { leadingUnsigned } from './integers.ts';

const SECOND = 1_000_000_000n;
const U32_MAX = 2n ** 32n - 1n;
const U64_MAX = 2n ** 64n - 1n;

/** Nanoseconds of each suffix of `per`. Without a suffix, the unit is seconds. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['', SECOND],
  ['sec', SECOND],
  ['nsec', 1n],
  ['usec', 1_000n],
  ['msec', 1_000_000n],
  ['min', 60n * SECOND],
  ['hour', 3_600n * SECOND],
  ['day', 86_400n * SECOND],
]);

/** The interval that a `rate` or `per` requires between two uses, or lightningd's error. */
export type Pause = { readonly nanoseconds: bigint } | { readonly problem: string };

/** `rate=N`: at most N uses a minute, evenly spaced by 60/N seconds. Bursts are not allowed. */
export function pauseOfRate({ condition, value }: Alternative): Pause {
  if (condition !== '=') return { problem: 'rate operator must be =' };
  const number = leadingUnsigned(value);
  if (number === undefined || number.rest !== '' || outOfRange(number.value)) {
    return { problem: 'malformed rate' };
  }
  return { nanoseconds: (60n * SECOND) / number.value };
}

/** `per=T[suffix]`: one use in this time. */
export function pauseOfPer({ condition, value }: Alternative): Pause {
  if (condition !== '=') return { problem: 'per operator must be =' };
  const number = leadingUnsigned(value);
  if (number === undefined || outOfRange(number.value)) return { problem: 'malformed per' };
  const unit = UNITS.get(number.rest);
  if (unit === undefined) return { problem: 'malformed suffix' };
  const nanoseconds = number.value * unit;
  return nanoseconds > U64_MAX ? { problem: 'per overflow' } : { nanoseconds };
}

/**
 * Returns the time in nanoseconds after which `rate` and `per` allow a rune again, whenever it was used last; 0 if it has
 * neither. The other alternatives of their restrictions are taken to fail.
 *
 * @example
 * ```ts
 * import { pauseBetweenUses, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * pauseBetweenUses(rune); // => 0n
 * pauseBetweenUses(rune.restrict(Restriction.of('rate=60', 'per=5sec'))); // => 1_000_000_000n
 * ```
 */
export function pauseBetweenUses({ restrictions }: Rune): bigint {
  let longest = 0n;
  for (const { alternatives } of restrictions) {
    let shortest: bigint | undefined;
    for (const alternative of alternatives) {
      const { fieldname } = alternative;
      if (fieldname !== 'rate' && fieldname !== 'per') continue;
      const pause = fieldname === 'rate' ? pauseOfRate(alternative) : pauseOfPer(alternative);
      if ('problem' in pause) continue;
      if (shortest === undefined || pause.nanoseconds < shortest) shortest = pause.nanoseconds;
    }
    if (shortest !== undefined && shortest > longest) longest = shortest;
  }
  return longest;
}

function outOfRange(value: bigint): boolean {
  return value === 0n || value >= U32_MAX;
}
