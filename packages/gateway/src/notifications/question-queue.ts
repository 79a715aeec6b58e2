/** How questions are asked. */
export interface QuestionQueueOptions {
  /** Questions in flight at once. */
  readonly concurrency: number;
  /** How long to wait before the next question while the node does not answer, in milliseconds. */
  readonly retryMs: number;
  /** Whether an error means that the node did not answer, so that the question must be repeated. */
  readonly isTemporary: (error: unknown) => boolean;
}

interface Entry {
  readonly signal: AbortSignal;
  /** Asks once. Rejects where the question must be repeated. */
  readonly ask: () => Promise<void>;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks the node, some questions at a time, and repeats each question until the node has answered it. A
 * question that got no answer goes to the end of the queue, so that it delays no others for long.
 *
 * If as many questions in a row as may be in flight got no answer, one question is asked at a time until
 * an answer comes: a node that is overloaded, away or silent must not get more of them.
 */
export class QuestionQueue {
  readonly #options: QuestionQueueOptions;
  readonly #waiting = new Set<Entry>();
  #asking = 0;
  /** Questions in a row that got no answer. */
  #failures = 0;
  #failure: unknown;
  #pause: NodeJS.Timeout | undefined;
  #closed: { readonly reason: unknown } | undefined;

  constructor(options: QuestionQueueOptions) {
    this.#options = options;
  }

  /** Why the last question got no answer; undefined if it got one. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Resolves with the answer, however long that takes. Rejects with an error that is not temporary,
   * with the signal's reason if the question's turn comes after an abort, or when the queue closes.
   */
  ask<T>(question: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed.reason);
        return;
      }
      this.#waiting.add({ signal, reject, ask: async () => resolve(await question()) });
      this.#askNext();
    });
  }

  /** Asks nothing more. Questions that wait reject with the reason. */
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

  #askNext(): void {
    const most = this.#isStuck ? 1 : this.#options.concurrency;
    while (this.#pause === undefined && this.#asking < most) {
      const [entry] = this.#waiting;
      if (entry === undefined) return;
      this.#waiting.delete(entry);
      if (entry.signal.aborted) entry.reject(entry.signal.reason);
      else void this.#ask(entry);
    }
  }

  async #ask(entry: Entry): Promise<void> {
    this.#asking++;
    try {
      await entry.ask();
      this.#answered();
    } catch (error) {
      if (this.#options.isTemporary(error)) {
        this.#repeat(entry, error);
      } else {
        this.#answered();
        entry.reject(error);
      }
    }
    this.#asking--;
    this.#askNext();
  }

  #answered(): void {
    this.#failures = 0;
    this.#failure = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #repeat(entry: Entry, error: unknown): void {
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
      this.#askNext();
    }, this.#options.retryMs);
    this.#pause.unref();
  }
}
