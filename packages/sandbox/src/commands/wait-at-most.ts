import type { CommandError } from './errors.ts';

/** Longer waits, in seconds, exceed what a timer can count. */
const LONGEST_WAIT = 2_000_000;

/**
 * Waits for something, for so many seconds and while the caller is there.
 *
 * @throws what `late` makes when the time is over first
 */
export async function waitAtMost<T>(
  seconds: number,
  caller: AbortSignal,
  wait: (signal: AbortSignal) => Promise<T>,
  late: () => CommandError,
): Promise<T> {
  const over = AbortSignal.timeout(Math.min(seconds, LONGEST_WAIT) * 1000);
  try {
    return await wait(AbortSignal.any([caller, over]));
  } catch (error) {
    if (!over.aborted || caller.aborted) throw error;
    throw late();
  }
}
