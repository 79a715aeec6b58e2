import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Destination } from './client.ts';
import { describeFinding, type Finding } from './failure.ts';
import { findCause } from './find-cause.ts';
import { Fuzzer, type FuzzOptions } from './fuzzer.ts';
import { startGateways } from './gateway-subject.ts';
import { startPeers } from './peers/peer-subject.ts';
import { type PeerDestination } from './peers/target-sandbox.ts';
import { runWellBehavedPeer } from './peers/well-behaved-peer.ts';
import { runWellBehavedClient } from './well-behaved-client.ts';
import { report } from './report.ts';
import { Tally } from './tally.ts';
import type { AnyCase, Subject } from './subject.ts';

/** A run fails at more slow responses than this that could not be reproduced. */
const MAX_UNCONFIRMED = 10;

/** More connections than this can delay the well-behaved client just because the machine is busy. */
const MAX_CONCURRENT_CASES = 12;

/**
 * `npm run fuzz -- --seconds N --seed S`: sends hostile input to the plugins over HTTP and HTTPS and checks
 * their responses and processes. Stops at the first failure and prints the smallest reproduction. With `--target peers`, the
 * input goes to the sandbox's ports for remote peers.
 */
const [, , first, destination = '', pids = ''] = process.argv;
if (first === 'well-behaved-client') {
  runWellBehavedClient(JSON.parse(destination) as Destination, JSON.parse(pids) as number[]);
} else if (first === 'well-behaved-peer') {
  runWellBehavedPeer(JSON.parse(destination) as PeerDestination, JSON.parse(pids) as number[]);
} else process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: 'gateway' },
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
  return values.target === 'peers'
    ? runWith(await startPeers(), values)
    : runWith(await startGateways(), values);
}

type Arguments = Readonly<
  Record<
    'seconds' | 'seed' | 'requests' | 'connections' | 'shrink-seconds' | 'without' | 'times',
    string
  >
> & { readonly case?: string | undefined; readonly replay?: string | undefined };

async function runWith<C extends AnyCase>(subject: Subject<C>, values: Arguments): Promise<number> {
  const seed = Number(values.seed);
  try {
    if (values.case !== undefined) {
      const fuzzCase = subject.makeCase(seed, Number(values.case));
      return await replay(subject, [fuzzCase], Number(values.times));
    }
    if (values.replay !== undefined) {
      return await replay(subject, await readCases(values.replay), Number(values.times));
    }
    const finding = await fuzz(subject, {
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
    console.log(`\n${describeFinding(finding, seed, subject)}`);
    return 1;
  } finally {
    await subject.target.stop();
  }
}

/** Runs until the time is over or a failure occurs. Returns the cause of the failure. */
async function fuzz<C extends AnyCase>(
  subject: Subject<C>,
  options: FuzzOptions & { readonly shrinkSeconds: number },
): Promise<Finding<C> | undefined> {
  const tally = new Tally();
  for (let first = 0; ;) {
    const seconds = options.seconds - tally.seconds;
    const fuzzer = new Fuzzer(subject, { ...options, seconds }, first, tally);
    const result = await fuzzer.run();
    first = fuzzer.next;
    const { failure } = result;
    if (failure === undefined) {
      console.log(report(result));
      return undefined;
    }
    console.log(`${failure.check}: ${failure.detail}\nsearching for the smallest reproduction …`);
    const make = (index: number): C => subject.makeCase(options.seed, index, options.without);
    const finding = await findCause(failure, make, subject, options.shrinkSeconds);
    // A busy machine is slow, too: a delay that only many connections reproduce is counted and does not fail the run.
    const isFew = finding.cases.length > 0 && finding.cases.length <= MAX_CONCURRENT_CASES;
    const isConfirmed = failure.check !== 'latency' || isFew;
    if (isConfirmed || ++tally.unconfirmed > MAX_UNCONFIRMED) {
      console.log(report(result));
      return finding;
    }
    console.log('the delay was not reproduced with few connections; the run continues');
    await subject.target.restart();
  }
}

/** Reads one case, or several to run at the same time, from JSON or from a file. */
async function readCases<C>(text: string): Promise<C[]> {
  const json = /^\s*[[{]/.test(text) ? text : await readFile(text, 'utf8');
  const cases = JSON.parse(json) as C | C[];
  return Array.isArray(cases) ? cases : [cases];
}

/** Runs cases and prints the responses. */
async function replay<C extends AnyCase>(
  subject: Subject<C>,
  cases: readonly C[],
  times: number,
): Promise<number> {
  const onData = (text: string): void => console.log(`< ${JSON.stringify(text.slice(0, 2_000))}`);
  let failed = false;
  for (let round = 0; round < times; round++) {
    const outcomes = await Promise.all(
      cases.map((each) => subject.run(each, { closeMs: 4_000, onData })),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const outcome of outcomes) console.log(JSON.stringify(outcome));
    failed ||= outcomes.some(({ violation }) => violation !== undefined);
  }
  const failure = subject.target.failure();
  console.log(failure ?? 'the processes are still running');
  for (const { name, memory, descriptors } of await subject.target.usage()) {
    console.log(`${name}: ${(memory / 1e6).toFixed(1)} MB, ${JSON.stringify(descriptors)}`);
  }
  return failed || failure !== undefined ? 1 : 0;
}
