import type { Patient } from './patient.ts';

/** A step took longer than a step may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';

  constructor(ms: number) {
    super(`no answer within ${ms / 1_000} seconds`);
  }
}

/**
 * Does a step within the time that a step may take, and not beyond the end of the examination. Rejects with
 * {@link TimedOut}, or with the reason for the end; also where the step itself can't be stopped.
 */
export async function within<T>(
  { timeoutMs, signal }: Pick<Patient, 'timeoutMs' | 'signal'>,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new TimedOut(timeoutMs)), timeoutMs);
  const abort = (): void => ending.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const ended = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error));
  });
  try {
    return await Promise.race([step(ending.signal), ended]);
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    // What the step left open is closed, without a word.
    ended.catch(() => undefined);
    ending.abort();
  }
}
