import { CommandError, ErrorCode } from './commands/errors.ts';

interface Waiter<Condition, Result> {
  readonly condition: Condition;
  readonly settle: (result: Result) => void;
}

/** Callers that wait for an event, each for its own condition. */
export class Waiters<Condition, Result> {
  readonly #waiting = new Set<Waiter<Condition, Result>>();

  /** Resolves when the condition holds. Rejects with a CommandError when the signal is aborted. */
  wait(condition: Condition, signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        reject(new CommandError(ErrorCode.general, 'The caller has gone'));
      };
      const waiter: Waiter<Condition, Result> = {
        condition,
        settle: (result) => {
          this.#waiting.delete(waiter);
          signal.removeEventListener('abort', leave);
          resolve(result);
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
  }

  /** Resolves the waits whose condition holds. */
  resolveWhere(result: () => Result, holds: (condition: Condition) => boolean): void {
    for (const { condition, settle } of this.#waiting) if (holds(condition)) settle(result());
  }
}
