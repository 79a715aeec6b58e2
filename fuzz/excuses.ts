import { waitedForProcessor } from '../test/support/process-tree.ts';

/**
 * How long something has taken, without the time for which this process or one that answers it had to wait for a
 * processor: where two cores are busy, that says nothing about the gateway.
 */
export class Excuses {
  readonly #since = performance.now();
  readonly #pids: readonly number[];
  readonly #waited: number;

  /** @param pids the processes that answer */
  constructor(pids: readonly number[]) {
    this.#pids = [process.pid, ...pids];
    this.#waited = this.#waits();
  }

  /** Milliseconds so far. */
  get ms(): number {
    const ms = performance.now() - this.#since;
    // Reading what the system counts costs more than a clock, and is in vain as long as all is quick.
    return ms < 100 ? ms : ms - (this.#waits() - this.#waited);
  }

  #waits(): number {
    return this.#pids.reduce((sum, pid) => sum + waitedForProcessor(pid), 0);
  }
}
