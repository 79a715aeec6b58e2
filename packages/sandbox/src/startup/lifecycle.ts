import type { ConnectionSettings } from '../commands/command.ts';
import type { Cleanup } from './cleanup.ts';
import type { FatalFailure } from './fatal-failure.ts';

/** Stops the node once, and reports when it has stopped. */
export class Lifecycle {
  /** Resolves when the last connection has closed. Rejects with the failure that stopped the node. */
  readonly stopped: Promise<void>;
  readonly #cleanup: Cleanup;
  readonly #failure: FatalFailure;
  #stopping: Promise<void> | undefined;
  #caller: ConnectionSettings | undefined;
  #connectionsClosed: Promise<void> = Promise.resolve();
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(cleanup: Cleanup, failure: FatalFailure) {
    this.#cleanup = cleanup;
    this.#failure = failure;
    this.stopped = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Prevents an unhandled rejection if the program does not use `stopped`.
    this.stopped.catch(() => undefined);
  }

  /** The connection that called `stop` first: it closes after its reply. */
  get caller(): ConnectionSettings | undefined {
    return this.#caller;
  }

  /** Delays `stopped` until the connections have closed. */
  waitForConnections(closed: Promise<void>): void {
    this.#connectionsClosed = closed;
  }

  /** Runs the cleanup once. Resolves when everything has stopped except the connection of the caller. */
  stop(caller?: ConnectionSettings): Promise<void> {
    this.#caller ??= caller;
    this.#stopping ??= this.#cleanup.run().finally(() => void this.#settle());
    return this.#stopping;
  }

  async #settle(): Promise<void> {
    await this.#connectionsClosed;
    const { error } = this.#failure;
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }
}
