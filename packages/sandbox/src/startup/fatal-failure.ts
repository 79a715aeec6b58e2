import type { SandboxError } from '../sandbox-error.ts';

/** A failure that stops the node. It can occur at any time, even while nothing waits for it. */
export class FatalFailure {
  #error: SandboxError | undefined;
  readonly #failure: Promise<never>;
  #reject: (error: SandboxError) => void = () => undefined;

  constructor() {
    this.#failure = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // Prevents an unhandled rejection while nothing waits.
    this.#failure.catch(() => undefined);
  }

  /** The first failure that was reported. */
  get error(): SandboxError | undefined {
    return this.#error;
  }

  report(error: SandboxError): void {
    this.#error ??= error;
    this.#reject(error);
  }

  /** Resolves with the result of the work. Rejects with the failure if that comes first. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failure]);
  }

  /** Calls the listener on the failure, also if it was reported before. */
  onReport(listener: () => void): void {
    this.#failure.catch(listener);
  }
}
