import type { Check, Failure } from './failure.ts';
import { Stopwatch } from './stopwatch.ts';
import { SLOW_MS } from './timed-calls.ts';
import type { AnyCase, Outcome, Subject, Target } from './subject.ts';

const MIB = 2 ** 20;
/** More growth than this is a leak. */
export const GROWTH = 50 * MIB;
/** The budgets for bodies and for subscribers that do not read explain at most this growth of one process. */
export const PEAK = 400 * MIB;

const PROBE_MS = 40;
const CLOSE_MS = 4_000;
/** Repetitions of the cases when memory is compared. */
const REPEATED = 2_000;
const AT_ONCE = 32;

/** Runs cases without other clients, on newly started plugins, and checks whether the failure recurs. */
export class Reproduction<C extends AnyCase> {
  readonly #subject: Subject<C>;
  readonly #target: Target;
  readonly #check: Check;
  readonly #signature: string;
  readonly #end: number;
  tries = 0;

  /** @param seconds - the time limit */
  constructor(subject: Subject<C>, { check, detail }: Failure, seconds: number) {
    this.#subject = subject;
    this.#target = subject.target;
    this.#check = check;
    this.#signature = signatureOf(detail);
    this.#end = performance.now() + seconds * 1_000;
  }

  get isOver(): boolean {
    return performance.now() > this.#end;
  }

  /** Runs cases at the same time. Resolves with true if the failure recurs. */
  async fails(cases: readonly C[]): Promise<boolean> {
    if (this.isOver || cases.length === 0) return false;
    this.tries++;
    switch (this.#check) {
      case 'violation':
        return this.#violates(cases);
      case 'latency':
      case 'well-behaved client':
        return this.#slows(cases);
      case 'peak memory':
        return this.#peaks(cases);
      case 'memory growth':
      case 'descriptor leak':
        return this.#grows(cases);
      default:
        return this.#crashes(cases);
    }
  }

  async #crashes(cases: readonly C[]): Promise<boolean> {
    await Promise.all(cases.map((each) => this.#run(each)));
    await this.#probe();
    await sleep(PROBE_MS);
    const failure = this.#target.failure();
    if (failure !== undefined) await this.#target.restart();
    return failure !== undefined;
  }

  async #violates(cases: readonly C[]): Promise<boolean> {
    const outcomes = await Promise.all(cases.map((each) => this.#run(each)));
    if (this.#target.failure() !== undefined) await this.#target.restart();
    return outcomes.some(({ violation }) => signatureOf(violation ?? '') === this.#signature);
  }

  /** Whether a probe waits too long meanwhile, excluding the time that this process waited for a processor. */
  async #slows(cases: readonly C[]): Promise<boolean> {
    let slow = false;
    const running = new Set(cases);
    const done = Promise.all(
      cases.map((each) => this.#run(each).finally(() => running.delete(each))),
    );
    for (let probes = 0; !slow && (running.size > 0 || probes < 4); probes++) {
      const stopwatch = new Stopwatch(this.#target.pids);
      const probe = this.#probe().then(() => 'answered' as const);
      for (let answered = false; !answered && !slow;) {
        answered = (await Promise.race([probe, sleep(PROBE_MS)])) === 'answered';
        slow = stopwatch.ms > SLOW_MS;
      }
      await sleep(PROBE_MS);
    }
    if (slow) await this.#target.restart();
    await done;
    if (this.#target.failure() !== undefined) await this.#target.restart();
    return slow;
  }

  async #peaks(cases: readonly C[]): Promise<boolean> {
    await this.#target.restart();
    const before = this.#target.memory();
    let peak = 0;
    const finished = new AbortController();
    const measure = async (): Promise<void> => {
      while (!finished.signal.aborted) {
        for (const [pid, bytes] of before) {
          peak = Math.max(peak, (await this.#target.memoryAfterGc(pid)) - bytes);
        }
      }
    };
    const measuring = measure();
    await Promise.all(cases.map((each) => this.#run(each)));
    finished.abort();
    await measuring;
    return peak > PEAK;
  }

  async #grows(cases: readonly C[]): Promise<boolean> {
    await this.#repeat(cases, 200);
    const before = await this.#totals();
    await this.#repeat(cases, REPEATED);
    let after = await this.#totals();
    for (let pause = 0; pause < 3 && this.#hasGrown(before, after); pause++) {
      await sleep(1_000);
      after = await this.#totals();
    }
    return this.#hasGrown(before, after);
  }

  #hasGrown(before: ResourceTotals, after: ResourceTotals): boolean {
    return this.#check === 'memory growth'
      ? after.memory - before.memory > GROWTH / 3
      : after.descriptors - before.descriptors > 8;
  }

  async #totals(): Promise<ResourceTotals> {
    await sleep(500);
    const usage = await this.#target.usage();
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return {
      memory: sum(usage.map(({ memory }) => memory)),
      descriptors: sum(usage.map(({ descriptors }) => descriptors.tcp)),
    };
  }

  async #repeat(cases: readonly C[], times: number): Promise<void> {
    let left = times;
    const lane = async (): Promise<void> => {
      while (left > 0 && !this.isOver) {
        const each = cases[--left % cases.length];
        if (each !== undefined) await this.#run(each);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  #run(fuzzCase: C): Promise<Outcome> {
    return this.#subject.run(fuzzCase, { closeMs: CLOSE_MS });
  }

  async #probe(): Promise<void> {
    await Promise.all(this.#subject.probes.map((each) => this.#run(each)));
  }
}

/** Returns a violation without numbers and details, to compare two of the same kind. */
function signatureOf(violation: string): string {
  return violation.replace(/[(:].*$/s, '').replaceAll(/[0-9]+/g, '');
}

interface ResourceTotals {
  readonly memory: number;
  readonly descriptors: number;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
