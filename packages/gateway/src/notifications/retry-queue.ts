export interface RetryQueueOptions {
  /** Tasks that run at the same time. */
  readonly concurrency: number;
  /** The delay between tasks while the node does not respond, in milliseconds. */
  readonly retryMs: number;
  /** Whether an error means that the node did not respond, so that the task must be repeated. */
  readonly isTemporary: (error: unknown) => boolean;
}

interface Entry {
  readonly signal: AbortSignal;
  /** Runs the task once. Rejects if the task failed. */
  readonly run: () => Promise<void>;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs requests to the node, and repeats each one until the node responds. A request without a response
 * moves to the end of the queue, so that it does not delay others for long.
 *
 * After `concurrency` failures in a row, the queue runs one task at a time until the node responds: more
 * requests would not help a node that is overloaded or unavailable.
 */
export class RetryQueue {
  readonly #options: RetryQueueOptions;
  readonly #waiting = new Set<Entry>();
  #running = 0;
  /** Failures in a row. */
  #failures = 0;
  #failure: unknown;
  #pause: NodeJS.Timeout | undefined;
  #closed: { readonly reason: unknown } | undefined;

  constructor(options: RetryQueueOptions) {
    this.#options = options;
  }

  /** The error of the last task, if it was temporary. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Resolves with the task's result, without a time limit. Rejects with an error that is not temporary,
   * with the signal's reason if the signal is aborted before the task starts, or when the queue closes.
   */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed.reason);
        return;
      }
      this.#waiting.add({ signal, reject, run: async () => resolve(await task()) });
      this.#startNext();
    });
  }

  /** Starts no further task. Waiting tasks reject with the reason. */
  close(reason: unknown): void {
    this.#closed = { reason };
    clearTimeout(this.#pause);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }

  get #isStuck(): boolean {
    return this.#failures >= this.#options.concurrency;
  }

  #startNext(): void {
    const max = this.#isStuck ? 1 : this.#options.concurrency;
    while (this.#pause === undefined && this.#running < max) {
      const [entry] = this.#waiting;
      if (entry === undefined) return;
      this.#waiting.delete(entry);
      if (entry.signal.aborted) entry.reject(entry.signal.reason);
      else void this.#run(entry);
    }
  }

  async #run(entry: Entry): Promise<void> {
    this.#running++;
    try {
      await entry.run();
      this.#responded();
    } catch (error) {
      if (this.#options.isTemporary(error)) {
        this.#retry(entry, error);
      } else {
        this.#responded();
        entry.reject(error);
      }
    }
    this.#running--;
    this.#startNext();
  }

  #responded(): void {
    this.#failures = 0;
    this.#failure = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #retry(entry: Entry, error: unknown): void {
    this.#failures++;
    this.#failure = error;
    if (this.#closed !== undefined) {
      entry.reject(this.#closed.reason);
      return;
    }
    this.#waiting.add(entry);
    if (!this.#isStuck || this.#pause !== undefined) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#startNext();
    }, this.#options.retryMs);
    this.#pause.unref();
  }
}
