import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { FuzzCase } from './case.ts';
import { type Destination, runCase } from './client.ts';
import { describeFinding, type Finding } from './failure.ts';
import { findCause } from './find-cause.ts';
import { Fuzzer, type FuzzOptions } from './fuzzer.ts';
import { makeCase } from './grammar/cases.ts';
import { runWellBehavedClient } from './well-behaved-client.ts';
import { report } from './report.ts';
import { Tally } from './tally.ts';
import { TargetNode } from './target-node.ts';

/** A run fails at more slow responses than this that could not be reproduced. */
const MAX_UNCONFIRMED = 10;

/** More connections than this can delay the well-behaved client just because the machine is busy. */
const MAX_CONCURRENT_CASES = 12;

/**
 * `npm run fuzz -- --seconds N --seed S`: sends hostile input to the plugins over HTTP and HTTPS and checks
 * their responses and processes. Stops at the first failure and prints the smallest reproduction.
 */
const [, , first, destination = '', pids = ''] = process.argv;
if (first === 'well-behaved-client') {
  runWellBehavedClient(JSON.parse(destination) as Destination, JSON.parse(pids) as number[]);
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
  const target = await TargetNode.start();
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

/** Runs until the time is over or a failure occurs. Returns the cause of the failure. */
async function fuzz(
  target: TargetNode,
  options: FuzzOptions & { readonly shrinkSeconds: number },
): Promise<Finding | undefined> {
  const tally = new Tally();
  for (let first = 0; ;) {
    const seconds = options.seconds - tally.seconds;
    const fuzzer = new Fuzzer(target, { ...options, seconds }, first, tally);
    const result = await fuzzer.run();
    first = fuzzer.next;
    const { failure } = result;
    if (failure === undefined) {
      console.log(report(result));
      return undefined;
    }
    console.log(`${failure.check}: ${failure.detail}\nsearching for the smallest reproduction …`);
    const make = (index: number): FuzzCase => makeCase(options.seed, index, options.without);
    const finding = await findCause(failure, make, target, options.shrinkSeconds);
    // A busy machine is slow, too: a delay that only many connections reproduce is counted and does not fail the run.
    const isFew = finding.cases.length > 0 && finding.cases.length <= MAX_CONCURRENT_CASES;
    const isConfirmed = failure.check !== 'latency' || isFew;
    if (isConfirmed || ++tally.unconfirmed > MAX_UNCONFIRMED) {
      console.log(report(result));
      return finding;
    }
    console.log('the delay was not reproduced with few connections; the run continues');
    await target.restart();
  }
}

/** Reads one case, or several to run at the same time, from JSON or from a file. */
async function readCases(text: string): Promise<FuzzCase[]> {
  const json = /^\s*[[{]/.test(text) ? text : await readFile(text, 'utf8');
  const cases = JSON.parse(json) as FuzzCase | FuzzCase[];
  return Array.isArray(cases) ? cases : [cases];
}

/** Runs cases and prints the responses. */
async function replay(
  target: TargetNode,
  cases: readonly FuzzCase[],
  times: number,
): Promise<number> {
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
  console.log(failure ?? 'the plugins are still running');
  for (const { name, memory, descriptors } of await target.usage()) {
    console.log(`${name}: ${(memory / 1e6).toFixed(1)} MB, ${JSON.stringify(descriptors)}`);
  }
  return failed || failure !== undefined ? 1 : 0;
}
