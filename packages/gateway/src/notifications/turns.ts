import { Refusal } from '../errors.ts';

/** Runs some tasks at a time. The others wait for their turn, in order and not for ever. */
export class Turns {
  readonly #most: number;
  readonly #patienceMs: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(most: number, patienceMs: number) {
    this.#most = most;
    this.#patienceMs = patienceMs;
  }

  /** Resolves and rejects as the task does. Rejects with a {@link Refusal} if its turn does not come. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#taken < this.#most) this.#taken++;
    else await this.#wait();
    try {
      return await task();
    } finally {
      this.#next();
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(Refusal.of('busy', { detail: 'listeners whose rune is to be judged' }));
      }, this.#patienceMs);
      late.unref();
      this.#waiting.add(begin);
    });
  }

  /** Hands the turn on. */
  #next(): void {
    const [begin] = this.#waiting;
    if (begin === undefined) {
      this.#taken--;
    } else {
      this.#waiting.delete(begin);
      begin();
    }
  }
}
