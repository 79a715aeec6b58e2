import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { FuzzCase } from './case.ts';
import { type Destination, runCase } from './client.ts';
import { describeFinding, type Finding } from './failure.ts';
import { find } from './find.ts';
import { Fuzzer, type Plan } from './fuzzer.ts';
import { makeCase } from './grammar/cases.ts';
import { beNeighbour } from './neighbour.ts';
import { report } from './report.ts';
import { Tally } from './tally.ts';
import { Target } from './target.ts';

/** So many slow responses without a reason that can be found are too many. */
const MOST_UNCONFIRMED = 10;

/** So many connections that make others wait are a reason, more are a busy machine. */
const MOST_AT_ONCE = 12;

/**
 * `npm run fuzz -- --seconds N --seed S`: sends to the plugins, over plain and secured connections, what no
 * client should, and looks for what must not happen. Stops at the first failure, with the least that leads to it.
 */
const [, , first, destination = '', pids = ''] = process.argv;
if (first === 'neighbour') {
  beNeighbour(JSON.parse(destination) as Destination, JSON.parse(pids) as number[]);
} else process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      requests: { type: 'string', default: 'Infinity' },
      connections: { type: 'string', default: '48' },
      'shrink-seconds': { type: 'string', default: '120' },
      without: { type: 'string', default: '' },
      case: { type: 'string' },
      replay: { type: 'string' },
      times: { type: 'string', default: '1' },
    },
  });
  const seed = Number(values.seed);
  const target = await Target.start();
  try {
    if (values.case !== undefined) {
      return await replay(target, [makeCase(seed, Number(values.case))], Number(values.times));
    }
    if (values.replay !== undefined) {
      return await replay(target, await readCases(values.replay), Number(values.times));
    }
    const finding = await fuzz(target, {
      seed,
      seconds: Number(values.seconds),
      requests: Number(values.requests),
      connections: Number(values.connections),
      shrinkSeconds: Number(values['shrink-seconds']),
      without: values.without.split(',').filter((word) => word !== ''),
    });
    if (finding === undefined) {
      console.log(`OK: nothing failed (seed ${seed})`);
      return 0;
    }
    console.log(`\n${describeFinding(finding, seed, target.destination.values)}`);
    return 1;
  } finally {
    await target.stop();
  }
}

/** Runs until the time is over, or until something fails, and finds out what leads to that. */
async function fuzz(
  target: Target,
  plan: Plan & { readonly shrinkSeconds: number },
): Promise<Finding | undefined> {
  const tally = new Tally();
  for (let first = 0; ;) {
    const seconds = plan.seconds - tally.seconds;
    const fuzzer = new Fuzzer(target, { ...plan, seconds }, first, tally);
    const result = await fuzzer.run();
    first = fuzzer.next;
    const { failure } = result;
    if (failure === undefined) {
      console.log(report(result));
      return undefined;
    }
    console.log(`${failure.check}: ${failure.detail}\nlooking for the least that leads to it …`);
    const make = (index: number): FuzzCase => makeCase(plan.seed, index, plan.without);
    const finding = await find(failure, make, target, plan.shrinkSeconds);
    // Two busy cores are slow, too: what takes many connections at once to be slow again is counted only.
    const isFew = finding.cases.length > 0 && finding.cases.length <= MOST_AT_ONCE;
    const isConfirmed = failure.check !== 'latency' || isFew;
    if (isConfirmed || ++tally.unconfirmed > MOST_UNCONFIRMED) {
      console.log(report(result));
      return finding;
    }
    console.log('it was not slow again without the other connections: going on');
    await target.restart();
  }
}

/** A case, or several that run at the same time, as JSON or in a file. */
async function readCases(text: string): Promise<FuzzCase[]> {
  const json = /^\s*[[{]/.test(text) ? text : await readFile(text, 'utf8');
  const cases = JSON.parse(json) as FuzzCase | FuzzCase[];
  return Array.isArray(cases) ? cases : [cases];
}

/** Runs cases and prints what comes back. */
async function replay(target: Target, cases: readonly FuzzCase[], times: number): Promise<number> {
  const onData = (text: string): void => console.log(`< ${JSON.stringify(text.slice(0, 2_000))}`);
  let failed = false;
  for (let round = 0; round < times; round++) {
    const outcomes = await Promise.all(
      cases.map((each) => runCase(each, target.destination, { closeMs: 4_000, onData })),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const outcome of outcomes) console.log(JSON.stringify(outcome));
    failed ||= outcomes.some(({ violation }) => violation !== undefined);
  }
  const failure = target.failure();
  console.log(failure ?? 'the plugins run on');
  for (const { name, memory, descriptors } of await target.usage()) {
    console.log(`${name}: ${(memory / 1e6).toFixed(1)} MB, ${JSON.stringify(descriptors)}`);
  }
  return failed || failure !== undefined ? 1 : 0;
}
