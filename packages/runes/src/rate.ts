import type { Alternative } from './alternative.ts';
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

function outOfRange(value: bigint): boolean {
  return value === 0n || value >= U32_MAX;
}
