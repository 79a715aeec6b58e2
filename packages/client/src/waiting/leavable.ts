/**
 * A generator that can be left while it waits: `return()` ends the wait at once, where that of a plain one
 * would stand in line behind it.
 */
export function leavable<T>(
  run: (leaving: AbortSignal) => AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
  const leaving = new AbortController();
  const inner = run(leaving.signal);
  const over: IteratorReturnResult<void> = { done: true, value: undefined };
  const unlessLeft = (error: unknown): IteratorResult<T, void> => {
    if (leaving.signal.aborted) return over;
    throw error;
  };
  const leave = async (): Promise<IteratorResult<T, void>> => {
    leaving.abort();
    await inner.return().catch(unlessLeft);
    return over;
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
