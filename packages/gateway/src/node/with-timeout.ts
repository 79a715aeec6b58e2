import { Refusal } from '../refusals.ts';

/**
 * Settles as the call does. Rejects with a {@link Refusal} (`node_silent`) after `timeoutMs`. The call
 * continues, and its result is ignored. Cheaper than an AbortSignal, which matters for frequent calls.
 */
export async function withTimeout<T>(timeoutMs: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Refusal.of('node_silent')), timeoutMs);
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
