import type { DoctorTarget } from './target.ts';

/** A step exceeded its time limit. */
export class StepTimeoutError extends Error {
  override readonly name = 'StepTimeoutError';

  constructor(ms: number) {
    super(`no response within ${ms / 1_000} seconds`);
  }
}

/**
 * Runs a step with the target's time limit and signal. Rejects with {@link StepTimeoutError} or the signal's reason, even
 * if the step itself does not react to its signal.
 */
export async function withStepTimeout<T>(
  { timeoutMs, signal }: Pick<DoctorTarget, 'timeoutMs' | 'signal'>,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new StepTimeoutError(timeoutMs)), timeoutMs);
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
  });
  try {
    return await Promise.race([step(controller.signal), aborted]);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    // Aborting closes the sockets that the step left open; its rejection is expected.
    aborted.catch(() => undefined);
    controller.abort();
  }
}
