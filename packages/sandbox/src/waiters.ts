import { CommandError, ErrorCode } from './commands/errors.ts';

interface Waiter<Condition, Result> {
  readonly condition: Condition;
  readonly settle: (result: Result) => void;
}

/**
 * Pending calls that wait until a condition holds, such as `waitanyinvoice` for the next paid invoice. The code that
 * changes the state resolves them with `resolveWhere()`.
 */
export class Waiters<Condition, Result> {
  readonly #waiting = new Set<Waiter<Condition, Result>>();

  /** Resolves when the condition holds. Rejects with a CommandError when the signal is aborted. */
  wait(condition: Condition, signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#waiting.delete(waiter);
        reject(new CommandError(ErrorCode.general, 'The caller has gone'));
      };
      const waiter: Waiter<Condition, Result> = {
        condition,
        settle: (result) => {
          this.#waiting.delete(waiter);
          signal.removeEventListener('abort', cancel);
          resolve(result);
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
    });
  }

  /** Whether a call waits for such a condition. */
  has(holds: (condition: Condition) => boolean): boolean {
    for (const { condition } of this.#waiting) if (holds(condition)) return true;
    return false;
  }

  /** Resolves the waits whose condition holds. */
  resolveWhere(result: () => Result, holds: (condition: Condition) => boolean): void {
    for (const { condition, settle } of this.#waiting) if (holds(condition)) settle(result());
  }
}
