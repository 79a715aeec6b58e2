import type { FuzzCase } from './case.ts';
import { runCase } from './client.ts';
import type { Check, Failure } from './failure.ts';
import { Excuses } from './excuses.ts';
import { SLOW_MS } from './neighbour.ts';
import type { Target } from './target.ts';

const MIB = 2 ** 20;
/** What grows by more than this has grown. */
export const GROWTH = 50 * MIB;
/** One process needs more than the budgets for bodies and for listeners that do not read can explain. */
export const PEAK = 400 * MIB;

const PROBE_MS = 40;
const CLOSE_MS = 4_000;
/** How often cases are repeated when it is asked whether memory grows. */
const REPEATED = 2_000;
const AT_ONCE = 32;

/** Tries cases alone, with nothing beside them, on plugins that have just been started. */
export class Reproduction {
  readonly #target: Target;
  readonly #check: Check;
  readonly #detail: string;
  readonly #end: number;
  tries = 0;

  /** @param seconds after which nothing is tried any more */
  constructor(target: Target, { check, detail }: Failure, seconds: number) {
    this.#target = target;
    this.#check = check;
    this.#detail = gist(detail);
    this.#end = performance.now() + seconds * 1_000;
  }

  get isOver(): boolean {
    return performance.now() > this.#end;
  }

  /** Whether cases that run at the same time make it happen again. */
  async fails(cases: readonly FuzzCase[]): Promise<boolean> {
    if (this.isOver || cases.length === 0) return false;
    this.tries++;
    switch (this.#check) {
      case 'violation':
        return this.#violates(cases);
      case 'latency':
      case 'neighbour':
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

  async #crashes(cases: readonly FuzzCase[]): Promise<boolean> {
    await Promise.all(cases.map((each) => this.#run(each)));
    await this.#probe();
    await sleep(PROBE_MS);
    const failure = this.#target.failure();
    if (failure !== undefined) await this.#target.restart();
    return failure !== undefined;
  }

  async #violates(cases: readonly FuzzCase[]): Promise<boolean> {
    const outcomes = await Promise.all(cases.map((each) => this.#run(each)));
    if (this.#target.failure() !== undefined) await this.#target.restart();
    return outcomes.some(({ violation }) => gist(violation ?? '') === this.#detail);
  }

  /** Whether somebody else waits too long meanwhile, without what this process itself is late by. */
  async #slows(cases: readonly FuzzCase[]): Promise<boolean> {
    let slow = false;
    const running = new Set(cases);
    const done = Promise.all(
      cases.map((each) => this.#run(each).finally(() => running.delete(each))),
    );
    for (let probes = 0; !slow && (running.size > 0 || probes < 4); probes++) {
      const excuses = new Excuses(this.#target.pids);
      const probe = this.#probe().then(() => 'answered' as const);
      for (let answered = false; !answered && !slow;) {
        answered = (await Promise.race([probe, sleep(PROBE_MS)])) === 'answered';
        slow = excuses.ms > SLOW_MS;
      }
      await sleep(PROBE_MS);
    }
    if (slow) await this.#target.restart();
    await done;
    if (this.#target.failure() !== undefined) await this.#target.restart();
    return slow;
  }

  async #peaks(cases: readonly FuzzCase[]): Promise<boolean> {
    await this.#target.restart();
    const before = this.#target.memory();
    let peak = 0;
    const over = new AbortController();
    const look = async (): Promise<void> => {
      while (!over.signal.aborted) {
        for (const [pid, bytes] of before) {
          peak = Math.max(peak, (await this.#target.held(pid)) - bytes);
        }
      }
    };
    const looking = look();
    await Promise.all(cases.map((each) => this.#run(each)));
    over.abort();
    await looking;
    return peak > PEAK;
  }

  async #grows(cases: readonly FuzzCase[]): Promise<boolean> {
    await this.#repeat(cases, 200);
    const before = await this.#held();
    await this.#repeat(cases, REPEATED);
    let after = await this.#held();
    for (let pause = 0; pause < 3 && this.#hasGrown(before, after); pause++) {
      await sleep(1_000);
      after = await this.#held();
    }
    return this.#hasGrown(before, after);
  }

  #hasGrown(before: Held, after: Held): boolean {
    return this.#check === 'memory growth'
      ? after.memory - before.memory > GROWTH / 3
      : after.descriptors - before.descriptors > 8;
  }

  async #held(): Promise<Held> {
    await sleep(500);
    const usage = await this.#target.usage();
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return {
      memory: sum(usage.map(({ memory }) => memory)),
      descriptors: sum(usage.map(({ descriptors }) => descriptors.tcp)),
    };
  }

  async #repeat(cases: readonly FuzzCase[], times: number): Promise<void> {
    let left = times;
    const lane = async (): Promise<void> => {
      while (left > 0 && !this.isOver) {
        const each = cases[--left % cases.length];
        if (each !== undefined) await this.#run(each);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  #run(fuzzCase: FuzzCase) {
    return runCase(fuzzCase, this.#target.destination, { closeMs: CLOSE_MS });
  }

  /** Asks both for something small. */
  async #probe(): Promise<void> {
    await Promise.all((['http', 'https'] as const).map((protocol) => this.#run(probe(protocol))));
  }
}

/** What is wrong, without what differs between two of the kind. */
function gist(violation: string): string {
  return violation.replace(/[(:].*$/s, '').replaceAll(/[0-9]+/g, '');
}

interface Held {
  readonly memory: number;
  readonly descriptors: number;
}

function probe(protocol: 'http' | 'https'): FuzzCase {
  return {
    kind: 'probe',
    protocol,
    items: [
      { kind: 'probe', head: ['GET /v1/list-methods HTTP/1.1', 'Host: probe'], status: [200] },
    ],
    writes: { pieces: 'whole' },
    ending: 'read',
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
