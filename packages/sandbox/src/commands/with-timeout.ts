import type { CommandError } from './errors.ts';

/** Seconds. Longer timeouts exceed the range of a timer. */
const MAX_TIMEOUT = 2_000_000;

/**
 * Waits until the timeout, or until the caller disconnects.
 *
 * @throws the error of `onTimeout` after the timeout
 */
export async function withTimeout<T>(
  seconds: number,
  caller: AbortSignal,
  wait: (signal: AbortSignal) => Promise<T>,
  onTimeout: () => CommandError,
): Promise<T> {
  const timeout = AbortSignal.timeout(Math.min(seconds, MAX_TIMEOUT) * 1000);
  try {
    return await wait(AbortSignal.any([caller, timeout]));
  } catch (error) {
    if (!timeout.aborted || caller.aborted) throw error;
    throw onTimeout();
  }
}
