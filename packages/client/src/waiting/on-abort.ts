/** Callbacks by signal: each signal has one listener, however many calls share it. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls the callback when the signal aborts, immediately if it has. Returns a function that removes the callback.
 * Hundreds of calls can share one signal; with a listener for each, Node would warn of a leak.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  let waiting = callbacks.get(signal);
  if (waiting === undefined) {
    waiting = new Set();
    callbacks.set(signal, waiting);
  }
  const own = waiting;
  if (own.size === 0) signal.addEventListener('abort', runAll, { once: true });
  // A new function, since the same callback can be passed twice.
  const entry = (): void => callback();
  own.add(entry);
  return () => {
    if (own.delete(entry) && own.size === 0) signal.removeEventListener('abort', runAll);
  };
}

function runAll(this: AbortSignal): void {
  const waiting = callbacks.get(this);
  if (waiting === undefined) return;
  const all = [...waiting];
  waiting.clear();
  for (const callback of all) callback();
}
