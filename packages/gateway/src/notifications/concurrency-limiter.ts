import { Refusal } from '../refusals.ts';

/** Limits the number of concurrent tasks. Further tasks wait in order, for a limited time. */
export class ConcurrencyLimiter {
  readonly #maxConcurrent: number;
  readonly #maxWaitMs: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(maxConcurrent: number, maxWaitMs: number) {
    this.#maxConcurrent = maxConcurrent;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Settles with the task's result. Rejects with a {@link Refusal} (`busy`) if the wait takes too long. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#maxConcurrent) this.#running++;
    else await this.#wait();
    try {
      return await task();
    } finally {
      this.#release();
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timeout);
        resolve();
      };
      const timeout = setTimeout(() => {
        this.#waiting.delete(start);
        reject(Refusal.of('busy', { detail: 'subscribers waiting for a rune check' }));
      }, this.#maxWaitMs);
      timeout.unref();
      this.#waiting.add(start);
    });
  }

  /** Starts the next waiting task in place of one that has ended. */
  #release(): void {
    const [start] = this.#waiting;
    if (start === undefined) {
      this.#running--;
    } else {
      this.#waiting.delete(start);
      start();
    }
  }
}
