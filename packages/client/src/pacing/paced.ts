import { ClnrestError } from '../errors.ts';
import type { CallScope } from '../waiting/call-scope.ts';
import type { Turn } from './pacer.ts';

/**
 * Makes an attempt. If the client paces, waits for the call's turn before it, and repeats an attempt that the node rejected as
 * too soon, that is, without running it.
 *
 * @param turn - `undefined` if the client does not pace
 *
 * @example
 * ```ts
 * import { paced } from '@clnrest/client/transport';
 *
 * const scope = { signal: AbortSignal.timeout(1_000), sent: false, lastError: undefined };
 * await paced(undefined, scope, () => Promise.resolve('the result')) // => 'the result'
 * ```
 */
export async function paced<T>(
  turn: Turn | undefined,
  scope: Pick<CallScope, 'signal' | 'sent' | 'lastError'>,
  attempt: () => Promise<T>,
): Promise<T> {
  for (;;) {
    await turn?.wait(scope.signal);
    try {
      return await attempt();
    } catch (error) {
      if (turn === undefined) throw error;
      if (!(error instanceof ClnrestError) || error.code !== 'too_soon') throw error;
      scope.sent = false;
      scope.lastError = error;
      turn.recordRefusal();
    }
  }
}
