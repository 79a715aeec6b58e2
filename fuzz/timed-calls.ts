import { Stopwatch } from './stopwatch.ts';

/** A message to the fuzzer: response times, a late response, or something wrong. */
export type ClientReport =
  | { readonly kind: 'times'; readonly times: readonly number[] }
  | { readonly kind: 'slow'; readonly what: string; readonly ms: number }
  | { readonly kind: 'wrong'; readonly what: string };

export type SendReport = (report: ClientReport) => void;

/** A response that takes longer is a failure. */
export const SLOW_MS = 1_000;
const CHECK_MS = 50;
const REPORT_MS = 1_000;

/** The calls of a well-behaved client: reports how long each took, and each that is late while it is still pending. */
export class TimedCalls {
  readonly #pids: readonly number[];
  readonly #report: SendReport;
  readonly #pending = new Map<object, { readonly what: string; readonly stopwatch: Stopwatch }>();
  #times: number[] = [];

  /** @param pids - the server processes */
  constructor(pids: readonly number[], report: SendReport) {
    this.#pids = pids;
    this.#report = report;
  }

  /** Reports until the process ends. */
  start(): void {
    setInterval(() => this.#checkDeadlines(), CHECK_MS);
    setInterval(() => this.#reportTimes(), REPORT_MS);
  }

  /** Measures one call, which can fail. */
  async time<T>(what: string, work: () => Promise<T>): Promise<T> {
    const key = {};
    const since = performance.now();
    this.#pending.set(key, { what, stopwatch: new Stopwatch(this.#pids) });
    try {
      return await work();
    } finally {
      this.#pending.delete(key);
      this.#times.push(performance.now() - since);
    }
  }

  #reportTimes(): void {
    if (this.#times.length > 0) this.#report({ kind: 'times', times: this.#times });
    this.#times = [];
  }

  #checkDeadlines(): void {
    for (const [key, { what, stopwatch }] of this.#pending) {
      const { ms } = stopwatch;
      if (ms < SLOW_MS) continue;
      this.#pending.delete(key);
      this.#report({ kind: 'slow', what, ms });
    }
  }
}

/** Runs a client in this process, which the fuzzer forked. */
export function runInFork(start: (report: SendReport) => void): void {
  process.on('disconnect', () => process.exit(0));
  process.on('uncaughtException', (error) => {
    process.send?.({ kind: 'wrong', what: String(error.stack) });
  });
  start((report) => process.send?.(report));
}
