import { Refusal } from '../errors.ts';

/**
 * What a call to the node resolves with, or a Refusal (`node_silent`) if that takes longer than
 * `timeoutMs`. The call itself goes on: its answer is dropped. For a call that every request makes,
 * where an AbortSignal for each would cost more than all else around it.
 */
export async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Refusal.of('node_silent')), timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
