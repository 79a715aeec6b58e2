import type { SandboxError } from './sandbox-error.ts';

/** A failure that the node can't outlive, and that may happen while nobody waits for anything. */
export class FatalFailure {
  error: SandboxError | undefined;
  readonly #failure: Promise<never>;
  #fail: (error: SandboxError) => void = () => undefined;

  constructor() {
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // It is no failure of this promise that nobody happens to wait for it.
    this.#failure.catch(() => undefined);
  }

  happened(error: SandboxError): void {
    this.error ??= error;
    this.#fail(error);
  }

  /** What the work gives, unless the failure comes first. */
  orElse<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failure]);
  }

  /** Does something once it happens, also if it has. */
  async whenever(work: () => Promise<void>): Promise<void> {
    try {
      await this.#failure;
    } catch {
      await work();
    }
  }
}

/** How the node's end is told to whoever waits for it. */
export class Ending {
  readonly happened: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: SandboxError) => void = () => undefined;

  constructor() {
    this.happened = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.happened.catch(() => undefined);
  }

  /** It has ended, of its own accord or for a failure. */
  settle({ error }: FatalFailure): void {
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }
}
