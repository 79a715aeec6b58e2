/** Where the node reads the time. Tests set their own. */
export interface Clock {
  /** Nanoseconds since 1970 (UTC). */
  now(): bigint;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
export const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/**
 * The system's clock, with the nanoseconds that `Date` lacks: rates of runes may be that fine, and
 * two uses within one millisecond must not look simultaneous.
 */
export function systemClock(): Clock {
  const wall = (): bigint => BigInt(Date.now()) * NANOSECONDS_PER_MILLISECOND;
  let anchor = wall();
  let started = process.hrtime.bigint();
  return {
    now() {
      const fine = anchor + process.hrtime.bigint() - started;
      const coarse = wall();
      const drift = fine - coarse;
      // The system's clock was set, or slept, or the two ran apart: trust the system's again.
      if (drift < -5n * NANOSECONDS_PER_MILLISECOND || drift > 5n * NANOSECONDS_PER_MILLISECOND) {
        anchor = coarse;
        started = process.hrtime.bigint();
        return coarse;
      }
      return fine;
    },
  };
}

/** Whole seconds since 1970. */
export function seconds(clock: Clock): bigint {
  return clock.now() / NANOSECONDS_PER_SECOND;
}

/** As lightningd writes times in JSON and in notifications: `1795194829.124430673`. */
export function withNanoseconds(time: bigint): string {
  return `${time / NANOSECONDS_PER_SECOND}.${(time % NANOSECONDS_PER_SECOND).toString().padStart(9, '0')}`;
}

/** As lightningd writes times for people: `2026-11-20T17:20:06.470Z`. */
export function isoMilliseconds(time: bigint): string {
  return new Date(Number(time / NANOSECONDS_PER_MILLISECOND)).toISOString();
}
