import { type ChildProcess, fork } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { connectionsOf, descriptorsOf } from '../test/support/process-tree.ts';
import type { Failure } from './failure.ts';
import type { ClientReport } from './timed-calls.ts';
import { GROWTH, PEAK } from './reproduce.ts';
import {
  type AnyCase,
  CLOSE_MS,
  type Outcome,
  type Subject,
  type Target,
  type Usage,
} from './subject.ts';
import type { Tally } from './tally.ts';

/** The options of a run. */
export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Ends the run after this many requests, if that is earlier. */
  readonly requests: number;
  /** Connections at once. */
  readonly connections: number;
  /** Leaves out items that contain one of these words, and cases of these kinds. */
  readonly without: readonly string[];
}

/** The result of a run, which ends at the first failure. */
export interface Result {
  readonly failure: Failure | undefined;
  readonly tally: Tally;
  readonly before: readonly Usage[];
  readonly after: readonly Usage[];
  /** The longest delay of this process's timers, in milliseconds. */
  readonly ownDelay: number;
}

const INSPECTION_MS = 100;
/** The longest warm-up, in which caches fill and code is compiled. */
const MAX_WARM_UP_MS = 120_000;
/** The time between two checks for leaks, for which all connections close. */
const EPOCH_MS = 60_000;
/** The time that a gateway may take to release resources: longer than its deadline for a request. */
const SETTLE_MS = 40_000;
/** A shorter run does not look for leaks: measuring would take longer than the run. */
const MIN_MEASURED_MS = 5_000;
/** A case that ended earlier than this is not a suspect. */
const SUSPECT_MS = 3_000;
const MAX_SUSPECTS = 4_000;
/** Idle connections to the node that the gateway keeps, and descriptors that the runtime opens. */
const KEPT = 140;
const SPARE = 6;

/** One run: many hostile connections at once, one well-behaved client, and measurements of the plugins' processes. */
export class Fuzzer<C extends AnyCase> {
  readonly #options: FuzzOptions;
  readonly #subject: Subject<C>;
  readonly #target: Target;
  readonly #tally: Tally;
  readonly #active = new Map<number, number>();
  readonly #ended: { index: number; at: number }[] = [];
  readonly #stop = new AbortController();
  #next: number;
  #end = 0;
  #isPaused = false;
  #failure: Failure | undefined;
  #memoryBefore: ReadonlyMap<number, number> = new Map();
  #ownDelay = 0;
  #resume: () => void = () => undefined;
  #paused = Promise.resolve();

  /**
   * @param first - the number of the first case
   * @param tally - the counts of the earlier parts of the same run
   */
  constructor(subject: Subject<C>, options: FuzzOptions, first: number, tally: Tally) {
    this.#subject = subject;
    this.#target = subject.target;
    this.#options = options;
    this.#next = first;
    this.#tally = tally;
  }

  /** The number of the next case. */
  get next(): number {
    return this.#next;
  }

  async run(): Promise<Result> {
    setMaxListeners(0, this.#stop.signal);
    const client = this.#startWellBehavedClient();
    const inspecting = setInterval(() => this.#inspect(), INSPECTION_MS);
    const started = performance.now();
    this.#end = started + this.#options.seconds * 1_000;
    const warmUp = Math.min(MAX_WARM_UP_MS, (this.#options.seconds * 1_000) / 4);
    const lanes = Array.from({ length: this.#options.connections }, () => this.#lane());
    const isMeasured = this.#options.seconds * 1_000 >= MIN_MEASURED_MS;
    if (isMeasured) await this.#pause(warmUp);
    const before = isMeasured ? await withAllConnections(await this.#settled()) : [];
    this.#memoryBefore = new Map(before.map(({ pid, memory }) => [pid, memory]));
    let after = before;
    while (!this.#isOver) {
      this.#continue();
      await this.#pause(Math.min(EPOCH_MS, this.#end - performance.now()));
      if (this.#failure === undefined && isMeasured) after = await this.#compare(before);
    }
    this.#continue();
    this.#stop.abort();
    await Promise.all(lanes);
    clearInterval(inspecting);
    this.#tally.seconds += (performance.now() - started) / 1_000;
    client.kill();
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
      this.#tally.requests >= this.#options.requests
    );
  }

  async #lane(): Promise<void> {
    while (!this.#isOver) {
      if (this.#isPaused) await this.#paused;
      if (this.#isOver) return;
      const index = this.#next++;
      const fuzzCase = this.#subject.makeCase(this.#options.seed, index, this.#options.without);
      if (fuzzCase.items.length === 0) continue;
      this.#active.set(index, performance.now());
      const outcome = await this.#subject.run(fuzzCase, {
        closeMs: CLOSE_MS,
        signal: this.#stop.signal,
      });
      this.#active.delete(index);
      this.#remember(index);
      this.#tally.add(fuzzCase, outcome);
      this.#reportViolation(index, outcome);
    }
  }

  #remember(index: number): void {
    this.#ended.push({ index, at: performance.now() });
    if (this.#ended.length > 2 * MAX_SUSPECTS) this.#ended.splice(0, MAX_SUSPECTS);
  }

  #reportViolation(index: number, { violation }: Outcome): void {
    if (violation === undefined) return;
    // A crash breaks all connections, which would be reported as violations.
    this.#inspect();
    this.#fail({ check: 'violation', detail: violation, suspects: [index] });
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#resume();
  }

  /** Returns the running cases and those of the last seconds, the latest first. */
  #suspects(): number[] {
    const now = performance.now();
    const recent = this.#ended.filter(({ at }) => now - at < SUSPECT_MS).toReversed();
    return [...this.#active.keys()].toReversed().concat(recent.map(({ index }) => index));
  }

  #lastInspection = performance.now();
  #inspections = 0;

  #inspect(): void {
    const now = performance.now();
    this.#ownDelay = Math.max(this.#ownDelay, now - this.#lastInspection - INSPECTION_MS);
    this.#lastInspection = now;
    const detail = this.#target.failure();
    if (detail !== undefined) {
      this.#fail({ check: 'crash', detail, suspects: this.#suspects() });
      return;
    }
    if (++this.#inspections % 5 !== 0) return;
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
    const more = (await this.#target.memoryAfterGc(pid)) - before;
    if (more <= PEAK) return;
    const detail = `process ${pid} holds ${megabytes(more)} more than after the warm-up`;
    this.#fail({ check: 'peak memory', detail, suspects });
  }

  #startWellBehavedClient(): ChildProcess {
    const [, file = ''] = process.argv;
    const client = fork(file, this.#subject.client);
    client.on('message', (report: ClientReport) => this.#onClientReport(report));
    client.on('exit', (status) => {
      if (status === null) return;
      this.#fail({
        check: 'well-behaved client',
        detail: `its process exited with ${status}`,
        suspects: [],
      });
    });
    return client;
  }

  #onClientReport(report: ClientReport): void {
    if (report.kind === 'times') this.#tally.times.push(...report.times);
    else if (report.kind === 'wrong') {
      this.#inspect();
      this.#fail({ check: 'well-behaved client', detail: report.what, suspects: this.#suspects() });
    } else {
      const detail = `${report.what} took more than ${Math.round(report.ms)} ms`;
      this.#fail({ check: 'latency', detail, suspects: this.#suspects() });
    }
  }

  /** After a time or at a failure, starts no new cases and waits for the running ones. */
  async #pause(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end && !this.#isOver) await sleep(INSPECTION_MS);
    this.#isPaused = true;
    this.#paused = new Promise((resolve) => (this.#resume = resolve));
    while (this.#active.size > 0 && this.#failure === undefined) await sleep(INSPECTION_MS / 2);
  }

  #continue(): void {
    this.#isPaused = false;
    this.#resume();
  }

  /** Returns the usage once memory no longer shrinks. */
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

  /** Compares with the usage after the warm-up. Any surplus must be released within `SETTLE_MS`. */
  async #compare(before: readonly Usage[]): Promise<readonly Usage[]> {
    const end = performance.now() + SETTLE_MS;
    for (;;) {
      const usage = await this.#settled();
      const problem = grown(before, usage, this.#target.watched);
      if (problem === undefined || this.#failure !== undefined) return usage;
      if (performance.now() > end) {
        const suspects = this.#ended.slice(-MAX_SUSPECTS).map(({ index }) => index);
        this.#fail({ ...problem, suspects: suspects.toReversed() });
        return usage;
      }
      await sleep(1_000);
    }
  }
}

/** Counts the well-behaved client's connections when all are open: the client connects again and again. */
async function withAllConnections(usage: readonly Usage[]): Promise<readonly Usage[]> {
  let most = usage;
  for (let round = 0; round < 20; round++) {
    await sleep(INSPECTION_MS / 4);
    most = most.map((each) => {
      const tcp = descriptorsOf(each.pid)?.tcp ?? 0;
      if (tcp <= each.descriptors.tcp) return each;
      return { ...each, descriptors: { ...each.descriptors, tcp } };
    });
  }
  return most;
}

function grown(
  before: readonly Usage[],
  after: readonly Usage[],
  watched: ReadonlySet<string>,
): Pick<Failure, 'check' | 'detail'> | undefined {
  for (const now of after) {
    const then = before.find(({ pid }) => pid === now.pid);
    if (then === undefined) continue;
    const more = now.memory - then.memory;
    if (more > GROWTH && watched.has(now.name)) {
      const detail = `${now.name} (process ${now.pid}) holds ${megabytes(more)} more than after the warm-up`;
      return { check: 'memory growth', detail };
    }
    for (const [kind, spare] of [
      ['tcp', 0],
      ['unix', KEPT],
      ['other', SPARE],
    ] as const) {
      const leaked = now.descriptors[kind] - then.descriptors[kind];
      if (leaked <= spare) continue;
      const detail = `${now.name} (process ${now.pid}) has ${leaked} more descriptors (${kind}) than after the warm-up: ${connectionsOf(now.pid).join(', ')}`;
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
