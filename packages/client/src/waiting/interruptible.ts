/**
 * Makes a generator whose `return()` takes effect while `next()` is pending. A plain async generator queues
 * `return()` until `next()` has settled.
 */
export function interruptible<T>(
  run: (leaving: AbortSignal) => AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  const leaving = new AbortController();
  const inner = run(leaving.signal);
  const done: IteratorReturnResult<void> = { done: true, value: undefined };
  const unlessLeft = (error: unknown): IteratorResult<T, void> => {
    if (leaving.signal.aborted) return done;
    throw error;
  };
  const leave = async (): Promise<IteratorResult<T, void>> => {
    leaving.abort();
    await inner.return().catch(unlessLeft);
    return done;
  };
  const generator: AsyncGenerator<T, void> = {
    next: () => inner.next().catch(unlessLeft),
    return: leave,
    throw: async (error) => {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
  };
  return generator;
}
