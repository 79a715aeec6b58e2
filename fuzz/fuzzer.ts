import { type ChildProcess, fork } from 'node:child_process';
import { connectionsOf } from '../test/support/process-tree.ts';
import { type Outcome, runCase } from './client.ts';
import type { Failure } from './failure.ts';
import { makeCase } from './grammar/cases.ts';
import type { Report } from './neighbour.ts';
import { GROWTH, PEAK } from './reproduce.ts';
import type { Target, Usage } from './target.ts';
import type { Tally } from './tally.ts';

/** How a run goes. */
export interface Plan {
  readonly seed: number;
  readonly seconds: number;
  /** Ends the run before its time. */
  readonly requests: number;
  /** How many connections are used at once. */
  readonly connections: number;
  /** What is left out: items that have one of these words in them, or cases of such a kind. */
  readonly without: readonly string[];
}

/** What a run comes to when nothing fails, or until something does. */
export interface Result {
  readonly failure: Failure | undefined;
  readonly tally: Tally;
  readonly before: readonly Usage[];
  readonly after: readonly Usage[];
  /** How late this process's own timers were at most, in milliseconds. */
  readonly ownDelay: number;
}

const LOOK_MS = 100;
/** How long the beginning may take, in which caches fill up and code is compiled. */
const MAX_WARM_UP_MS = 120_000;
/** How often all connections are closed, to see what is left behind. */
const EPOCH_MS = 60_000;
/** How long it may take until what was closed is gone: longer than a request may take to arrive. */
const SETTLE_MS = 40_000;
/** Ended so long ago, a case is suspected no more. */
const SUSPECT_MS = 3_000;
const MOST_SUSPECTS = 4_000;
/** Connections to the node that the gateway keeps for later, and some more for whatever the system does. */
const KEPT = 140;
const SPARE = 6;

/** One run: many connections at once, a neighbour beside them, and an eye on what the plugins hold. */
export class Fuzzer {
  readonly #plan: Plan;
  readonly #target: Target;
  readonly #tally: Tally;
  readonly #active = new Map<number, number>();
  readonly #ended: { index: number; at: number }[] = [];
  #next: number;
  #end = 0;
  #isPaused = false;
  #failure: Failure | undefined;
  #memoryBefore: ReadonlyMap<number, number> = new Map();
  #ownDelay = 0;
  #resume: () => void = () => undefined;
  #paused = Promise.resolve();

  /**
   * @param first the number of the first case
   * @param tally counts on from an earlier part of the same run
   */
  constructor(target: Target, plan: Plan, first: number, tally: Tally) {
    this.#target = target;
    this.#plan = plan;
    this.#next = first;
    this.#tally = tally;
  }

  /** The number of the case that comes next. */
  get next(): number {
    return this.#next;
  }

  async run(): Promise<Result> {
    const neighbour = this.#startNeighbour();
    const looking = setInterval(() => this.#look(), LOOK_MS);
    const started = performance.now();
    this.#end = started + this.#plan.seconds * 1_000;
    const warmUp = Math.min(MAX_WARM_UP_MS, (this.#plan.seconds * 1_000) / 4);
    const lanes = Array.from({ length: this.#plan.connections }, () => this.#lane());
    await this.#pause(warmUp);
    const before = await this.#settled();
    this.#memoryBefore = new Map(before.map(({ pid, memory }) => [pid, memory]));
    let after = before;
    while (!this.#isOver) {
      this.#goOn();
      await this.#pause(Math.min(EPOCH_MS, this.#end - performance.now()));
      if (this.#failure === undefined) after = await this.#compare(before);
    }
    this.#goOn();
    await Promise.all(lanes);
    clearInterval(looking);
    this.#tally.seconds += (performance.now() - started) / 1_000;
    neighbour.kill();
    return {
      failure: this.#failure,
      tally: this.#tally,
      before,
      after,
      ownDelay: this.#ownDelay,
    };
  }

  get #isOver(): boolean {
    return (
      this.#failure !== undefined ||
      performance.now() >= this.#end ||
      this.#tally.requests >= this.#plan.requests
    );
  }

  async #lane(): Promise<void> {
    while (!this.#isOver) {
      if (this.#isPaused) await this.#paused;
      if (this.#isOver) return;
      const index = this.#next++;
      const fuzzCase = makeCase(this.#plan.seed, index, this.#plan.without);
      if (fuzzCase.items.length === 0) continue;
      this.#active.set(index, performance.now());
      const outcome = await runCase(fuzzCase, this.#target.destination);
      this.#active.delete(index);
      this.#remember(index);
      this.#tally.add(fuzzCase, outcome);
      this.#judge(index, outcome);
    }
  }

  #remember(index: number): void {
    this.#ended.push({ index, at: performance.now() });
    if (this.#ended.length > 2 * MOST_SUSPECTS) this.#ended.splice(0, MOST_SUSPECTS);
  }

  #judge(index: number, { violation }: Outcome): void {
    if (violation === undefined) return;
    // A crash cuts all connections: what is wrong with them is its consequence.
    this.#look();
    this.#fail({ check: 'violation', detail: violation, suspects: [index] });
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#resume();
  }

  /** The cases of this moment and of the last seconds, the latest first. */
  #suspects(): number[] {
    const now = performance.now();
    const recent = this.#ended.filter(({ at }) => now - at < SUSPECT_MS).toReversed();
    return [...this.#active.keys()].toReversed().concat(recent.map(({ index }) => index));
  }

  #lastLook = performance.now();
  #looks = 0;

  #look(): void {
    const now = performance.now();
    this.#ownDelay = Math.max(this.#ownDelay, now - this.#lastLook - LOOK_MS);
    this.#lastLook = now;
    const detail = this.#target.failure();
    if (detail !== undefined) {
      this.#fail({ check: 'crash', detail, suspects: this.#suspects() });
      return;
    }
    if (++this.#looks % 5 !== 0) return;
    for (const [pid, bytes] of this.#target.memory()) {
      const before = this.#memoryBefore.get(pid);
      if (before === undefined) continue;
      const more = bytes - before;
      this.#tally.peak = Math.max(this.#tally.peak, more);
      if (more > PEAK) void this.#checkPeak(pid, before);
    }
  }

  async #checkPeak(pid: number, before: number): Promise<void> {
    const suspects = this.#suspects();
    const more = (await this.#target.held(pid)) - before;
    if (more <= PEAK) return;
    const detail = `process ${pid} holds ${megabytes(more)} more than at the beginning`;
    this.#fail({ check: 'peak memory', detail, suspects });
  }

  #startNeighbour(): ChildProcess {
    const [, file = ''] = process.argv;
    const neighbour = fork(file, [
      'neighbour',
      JSON.stringify(this.#target.destination),
      JSON.stringify(this.#target.pids),
    ]);
    neighbour.on('message', (report: Report) => this.#hear(report));
    neighbour.on('exit', (status) => {
      if (status === null) return;
      this.#fail({ check: 'neighbour', detail: `it ended with ${status}`, suspects: [] });
    });
    return neighbour;
  }

  #hear(report: Report): void {
    if (report.kind === 'times') this.#tally.times.push(...report.times);
    else if (report.kind === 'wrong') {
      this.#look();
      this.#fail({ check: 'neighbour', detail: report.what, suspects: this.#suspects() });
    } else {
      const detail = `${report.what} took more than ${Math.round(report.ms)} ms`;
      this.#fail({ check: 'latency', detail, suspects: this.#suspects() });
    }
  }

  /** After a while, or when something fails: no new cases, and all that run end. */
  async #pause(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end && !this.#isOver) await sleep(LOOK_MS);
    this.#isPaused = true;
    this.#paused = new Promise((resolve) => (this.#resume = resolve));
    while (this.#active.size > 0 && this.#failure === undefined) await sleep(LOOK_MS / 2);
  }

  #goOn(): void {
    this.#isPaused = false;
    this.#resume();
  }

  /** What is held once nothing changes any more. */
  async #settled(): Promise<readonly Usage[]> {
    let usage = await this.#target.usage();
    for (let last = Infinity, rounds = 0; rounds < 10; rounds++) {
      const memory = memoryOf(usage);
      if (last - memory < 2 ** 20) break;
      last = memory;
      await sleep(500);
      usage = await this.#target.usage();
    }
    return usage;
  }

  /** Compares with what was held at the beginning; what is more must go within a while. */
  async #compare(before: readonly Usage[]): Promise<readonly Usage[]> {
    const end = performance.now() + SETTLE_MS;
    for (;;) {
      const usage = await this.#settled();
      const problem = grown(before, usage);
      if (problem === undefined || this.#failure !== undefined) return usage;
      if (performance.now() > end) {
        const suspects = this.#ended.slice(-MOST_SUSPECTS).map(({ index }) => index);
        this.#fail({ ...problem, suspects: suspects.toReversed() });
        return usage;
      }
      await sleep(1_000);
    }
  }
}

/** The processes of both builds, by their names. */
const GATEWAYS: ReadonlySet<string> = new Set(['rest', 'clnrest']);

function grown(
  before: readonly Usage[],
  after: readonly Usage[],
): Pick<Failure, 'check' | 'detail'> | undefined {
  for (const now of after) {
    const then = before.find(({ pid }) => pid === now.pid);
    if (then === undefined) continue;
    const more = now.memory - then.memory;
    // The node keeps what clients create: its invoices grow with every run.
    if (more > GROWTH && GATEWAYS.has(now.name)) {
      const detail = `${now.name} (process ${now.pid}) holds ${megabytes(more)} more than at the beginning`;
      return { check: 'memory growth', detail };
    }
    for (const [kind, spare] of [
      ['tcp', 0],
      ['unix', KEPT],
      ['other', SPARE],
    ] as const) {
      const leaked = now.descriptors[kind] - then.descriptors[kind];
      if (leaked <= spare) continue;
      const detail = `${now.name} (process ${now.pid}) has ${leaked} more descriptors (${kind}) than at the beginning: ${connectionsOf(now.pid).join(', ')}`;
      return { check: 'descriptor leak', detail };
    }
  }
  return undefined;
}

export function memoryOf(usage: readonly Usage[]): number {
  return usage.reduce((sum, { memory }) => sum + memory, 0);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
