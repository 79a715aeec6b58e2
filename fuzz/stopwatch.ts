import { waitedForProcessor } from '../test/support/process-tree.ts';

/**
 * Measures a duration without the time for which this process or a server process waited for a processor. On a busy
 * machine, that time is not a fault of the gateway.
 */
export class Stopwatch {
  readonly #since = performance.now();
  readonly #pids: readonly number[];
  readonly #waited: number;

  /** @param pids - the server processes */
  constructor(pids: readonly number[]) {
    this.#pids = [process.pid, ...pids];
    this.#waited = this.#waits();
  }

  /** Returns the milliseconds so far. */
  get ms(): number {
    const ms = performance.now() - this.#since;
    // The counters in /proc cost more than a clock: read them only after a long time.
    return ms < 100 ? ms : ms - (this.#waits() - this.#waited);
  }

  #waits(): number {
    return this.#pids.reduce((sum, pid) => sum + waitedForProcessor(pid), 0);
  }
}
