import { onAbort } from '@clnrest/bounds';

/** Beyond this delay (24.8 days), setTimeout fires immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls back after any number of milliseconds; returns a function that cancels the timer. */
export function after(ms: number, callback: () => void): () => void {
  let left = ms;
  let timer: ReturnType<typeof setTimeout>;
  const schedule = (): void => {
    const part = Math.min(left, MAX_TIMER_MS);
    left -= part;
    timer = setTimeout(() => (left > 0 ? schedule() : callback()), part);
  };
  schedule();
  return () => clearTimeout(timer);
}

/** Resolves after `ms` milliseconds. Rejects with the signal's reason when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = after(ms, () => {
      stopListening();
      resolve();
    });
    const stopListening = onAbort(signal, () => {
      stop();
      reject(signal.reason as Error);
    });
  });
}
