import { ClnrestError } from '../errors.ts';
import { backoff, isTransient } from './backoff.ts';
import { sleep } from './sleep.ts';

/** Options of a call that is repeated. */
export interface RepeatOptions {
  /** Aborting ends the wait with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a call has failed and will be repeated, with the reason and the milliseconds until then. */
  readonly onDisconnect?: ((reason: ClnrestError, retryInMs: number) => void) | undefined;
}

/**
 * Repeats calls that change nothing, so that one which is made twice does no harm. Calls usually end because nothing has
 * happened for some time; the next one follows at once.
 */
export class Repeater {
  readonly #signal: AbortSignal;
  readonly #options: RepeatOptions;
  readonly #isUsualEnd: (error: ClnrestError) => boolean;
  #hasReached = false;
  #failures = 0;

  /** @param isUsualEnd - whether an error only says that nothing has happened */
  constructor(
    signal: AbortSignal,
    options: RepeatOptions,
    isUsualEnd: (error: ClnrestError) => boolean,
  ) {
    this.#signal = signal;
    this.#options = options;
    this.#isUsualEnd = isUsualEnd;
  }

  /**
   * Makes the call until it succeeds. Rejects with an error that would recur, and if the first call of all does not reach the
   * node: a wrong URL fails immediately.
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await call();
        this.#worked();
        return result;
      } catch (error) {
        await this.#afterFailure(error);
      }
    }
  }

  async #afterFailure(error: unknown): Promise<void> {
    if (this.#signal.aborted) throw error;
    if (error instanceof ClnrestError && this.#isUsualEnd(error)) {
      this.#worked();
      return;
    }
    if (!isTransient(error)) throw error;
    if (!this.#hasReached && !error.mayHaveRun) throw error;
    this.#hasReached = true;
    const retryInMs = backoff(this.#failures++);
    this.#options.onDisconnect?.(error, retryInMs);
    await sleep(retryInMs, this.#signal);
  }

  #worked(): void {
    this.#hasReached = true;
    this.#failures = 0;
  }
}
