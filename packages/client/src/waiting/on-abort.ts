/** Callbacks by signal. A signal is listened to once, however many calls share it. */
const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Has the callback called when the signal aborts, at once where it has; returns what undoes that. Hundreds of
 * calls may wait on one signal: as listeners of their own they would have Node warn of a leak.
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
  // A function of its own, as the same callback may be given twice.
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
