import type { Clock } from '../clock.ts';

/** A clock that tests set. */
export class ManualClock implements Clock {
  time: bigint;

  /** @param time - nanoseconds since 1970 */
  constructor(time: bigint) {
    this.time = time;
  }

  now(): bigint {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += BigInt(Math.round(milliseconds * 1_000_000));
  }
}
