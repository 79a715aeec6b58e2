import { onAbort } from './on-abort.ts';

/** setTimeout fires at once beyond this: 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls back after so many milliseconds, of which there may be any number; returns what undoes that. */
export function after(ms: number, callback: () => void): () => void {
  let left = ms;
  let timer: ReturnType<typeof setTimeout>;
  const wind = (): void => {
    const part = Math.min(left, LONGEST_TIMER_MS);
    left -= part;
    timer = setTimeout(() => (left > 0 ? wind() : callback()), part);
  };
  wind();
  return () => clearTimeout(timer);
}

/** Resolves after so many milliseconds; rejects with the signal's reason when it aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = after(ms, () => {
      forget();
      resolve();
    });
    const forget = onAbort(signal, () => {
      stop();
      reject(signal.reason as Error);
    });
  });
}
