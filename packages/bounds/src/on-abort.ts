/** Callbacks by signal. Each signal has one listener, however many calls share it. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls the callback when the signal aborts, immediately if it has aborted, never if it is undefined. Returns a
 * function that removes the callback. Hundreds of calls can share one signal, and Node warns of a leak from the
 * eleventh listener on.
 *
 * @example
 * ```ts
 * import { onAbort } from '@clnrest/bounds';
 * const controller = new AbortController();
 * const calls: string[] = [];
 * onAbort(controller.signal, () => calls.push('first'));
 * const remove = onAbort(controller.signal, () => calls.push('second'));
 * remove();
 * controller.abort();
 * calls // => ['first']
 * ```
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  let waiting = callbacks.get(signal);
  if (waiting === undefined) {
    waiting = new Set();
    callbacks.set(signal, waiting);
    // It stays: adding and removing listeners of a signal takes longer than most calls.
    signal.addEventListener('abort', runAll, { once: true });
  }
  const own = waiting;
  // A new function, because the same callback can be passed twice.
  const entry = (): void => callback();
  own.add(entry);
  return () => void own.delete(entry);
}

function runAll(this: AbortSignal): void {
  const waiting = callbacks.get(this);
  if (waiting === undefined) return;
  const all = [...waiting];
  waiting.clear();
  for (const callback of all) callback();
}
