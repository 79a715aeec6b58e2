/** The node's source of time. Tests replace it. */
export interface Clock {
  /** Nanoseconds since 1970 (UTC). */
  now(): bigint;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
export const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/**
 * The system's clock in nanoseconds. `Date` counts milliseconds, which is too coarse: the rate of a rune can be shorter,
 * and two uses within one millisecond must differ.
 */
export function systemClock(): Clock {
  const wallClock = (): bigint => BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
  let anchor = wallClock();
  let started = process.hrtime.bigint();
  return {
    now() {
      const fine = anchor + process.hrtime.bigint() - started;
      const coarse = wallClock();
      const drift = fine - coarse;
      // The system's clock was set, the machine was suspended, or the two clocks drifted apart.
      if (drift < -5n * NANOSECONDS_PER_MILLISECOND || drift > 5n * NANOSECONDS_PER_MILLISECOND) {
        anchor = coarse;
        started = process.hrtime.bigint();
        return coarse;
      }
      return fine;
    },
  };
}

/** Returns the current time in whole seconds since 1970. */
export function seconds(clock: Clock): bigint {
  return secondsOf(clock.now());
}

/** Converts nanoseconds to whole seconds. */
export function secondsOf(time: bigint): bigint {
  return time / NANOSECONDS_PER_SECOND;
}

/** Seconds with nine decimals, as lightningd writes times in JSON: `1795194829.124430673`. */
export function withNanoseconds(time: bigint): string {
  return `${time / NANOSECONDS_PER_SECOND}.${(time % NANOSECONDS_PER_SECOND).toString().padStart(9, '0')}`;
}

/** ISO 8601 with milliseconds, as in lightningd's log: `2026-11-20T17:20:06.470Z`. */
export function isoMilliseconds(time: bigint): string {
  return new Date(Number(time / NANOSECONDS_PER_MILLISECOND)).toISOString();
}
