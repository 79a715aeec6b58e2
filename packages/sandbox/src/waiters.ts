import { CommandError, ErrorCode } from './commands/errors.ts';

interface Waiter<Asked, Got> {
  readonly asked: Asked;
  readonly settle: (got: Got) => void;
}

/** Callers who wait for something to happen, each for what it asked. */
export class Waiters<Asked, Got> {
  readonly #waiting = new Set<Waiter<Asked, Got>>();

  /** Resolves with what is given. Rejects with a CommandError when the signal says that nobody waits any more. */
  wait(asked: Asked, signal: AbortSignal): Promise<Got> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter);
        reject(new CommandError(ErrorCode.general, 'The caller has gone'));
      };
      const waiter: Waiter<Asked, Got> = {
        asked,
        settle: (got) => {
          this.#waiting.delete(waiter);
          signal.removeEventListener('abort', leave);
          resolve(got);
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
  }

  /** Gives something to those whose question it answers. */
  give(got: () => Got, answers: (asked: Asked) => boolean): void {
    for (const { asked, settle } of this.#waiting) if (answers(asked)) settle(got());
  }
}
