import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeProcess } from '../support/node-process.ts';
import { STARTED } from '../support/node.ts';
import {
  missingForNode,
  type RealBitcoind,
  startBitcoind,
  startLightningd,
  startLightningdWith,
} from '../support/real-node.ts';
import { startSandboxProcess } from '../support/sandbox-node.ts';
import { prepareReal, prepareSandbox } from './comparison/channel.ts';
import {
  type Comparison,
  compareNodes,
  compareWithChannels,
  IS_SELECTION,
  isSelected,
} from './comparison/compare.ts';
import type { Difference } from './comparison/differences.ts';
import {
  compareSql,
  EXPECTED_SQL_DIFFERENCES,
  schemasOf,
  type SqlDifference,
} from './comparison/sql.ts';
import { CALLS } from './comparison/differences-reference.ts';
import {
  EXPECTED_DIFFERENCES,
  type ExpectedDifference,
} from './comparison/expected-differences.ts';

/**
 * Sends the same generated calls to the sandbox and to a real node, and compares the replies. The developer mode makes
 * lightningd quote the invalid token in errors, as the sandbox always does.
 */
const OPTIONS = ['--developer', '--allow-deprecated-apis=true', '--exposesecret-passphrase=x'];

/** What only a real node needs. The sandbox shows it in `listconfigs`, too. */
const BITCOIN_OPTIONS = ['cli', 'datadir', 'rpcconnect', 'rpcuser', 'rpcpassword']
  .map((name) => `--bitcoin-${name}=x`)
  .concat('--bitcoin-rpcport=1');
const MINUTES = 60_000;

const missing = missingForNode();
const running: NodeProcess[] = [];
const directories: string[] = [];
let comparison: Comparison;
let withChannels: Comparison;
let withSql: SqlDifference[];
/** The tables of the sandbox and of lightningd. */
let schemas: unknown[][];
/** The chain of the nodes with channels. */
let chain: RealBitcoind | undefined;

async function start<N extends NodeProcess>(
  node: (lightningDir: string, options: readonly string[]) => Promise<N>,
  options: readonly string[],
): Promise<N> {
  const directory = await mkdtemp(join(tmpdir(), 'clnrest-compare-'));
  directories.push(directory);
  const started = await node(directory, options);
  running.push(started);
  await started.process.line(STARTED);
  return started;
}

beforeAll(async () => {
  if (missing !== undefined) return;
  const ours = await start(startSandboxProcess, [...OPTIONS, ...BITCOIN_OPTIONS]);
  const real = await start(startLightningd, OPTIONS);
  comparison = await compareNodes(ours.socketPath, real.socketPath);
  withChannels = await compareRich();
  const report = process.env['CLNREST_COMPARISON_REPORT'];
  if (report !== undefined) {
    writeFileSync(report, JSON.stringify({ comparison, withChannels, withSql }, undefined, 1));
  }
}, 30 * MINUTES);

/** Compares nodes with channels. */
async function compareRich(): Promise<Comparison> {
  const ours = await start(startSandboxProcess, [...OPTIONS, ...BITCOIN_OPTIONS]);
  chain = await startBitcoind();
  const onChain = startLightningdWith.bind(undefined, chain);
  const real = await start(onChain, OPTIONS);
  const neighbour = await start(onChain, []);
  const ourChannel = await prepareSandbox(ours.socketPath);
  const realChannel = await prepareReal(chain, real, neighbour);
  withSql = isSelected('sql') ? await compareSql(ours.socketPath, real.socketPath) : [];
  schemas = await Promise.all([ours, real].map(({ socketPath }) => schemasOf(socketPath)));
  return compareWithChannels([ours.socketPath, ourChannel], [real.socketPath, realChannel]);
}

afterAll(async () => {
  for (const node of running.toReversed()) await node.stop();
  await chain?.stop();
  await Promise.all(directories.map((path) => rm(path, { recursive: true, force: true })));
});

function allDifferences(): Difference[] {
  return [...comparison.differences, ...withChannels.differences];
}

function matches({ methods, how }: ExpectedDifference, difference: Difference): boolean {
  return (methods.length === 0 || methods.includes(difference.method)) && how.test(difference.how);
}

function isExpected(difference: Difference): boolean {
  return EXPECTED_DIFFERENCES.some((expected) => matches(expected, difference));
}

test.skipIf(missing !== undefined)(`all differences are expected ${missing ?? ''}`, () => {
  if (!IS_SELECTION) expect(comparison.calls + withChannels.calls).toBe(CALLS);
  const unexpected = allDifferences().filter((difference) => !isExpected(difference));
  expect(unexpected.map(({ method, what, how }) => `${method}, ${what}: ${how}`)).toEqual([]);
});

/** Commands that need a channel with a third node, a peer with another rune, or more time than a call has. */
const WITHOUT_RESULT = new Set([
  'commando',
  'connect',
  'delforward',
  'fundchannel',
  'multifundchannel',
]);

test.skipIf(missing !== undefined || IS_SELECTION)(
  'every other command has a call with a result',
  () => {
    const results = [comparison.results, withChannels.results];
    const without = Object.keys(comparison.results).filter((method) =>
      results.every((counts) => (counts[method] ?? 0) === 0),
    );
    expect(without.filter((method) => !WITHOUT_RESULT.has(method))).toEqual([]);
  },
);

test.skipIf(missing !== undefined || IS_SELECTION)('every expected difference exists', () => {
  const gone = EXPECTED_DIFFERENCES.filter(
    (expected) =>
      expected.varies !== true &&
      !allDifferences().some((difference) => matches(expected, difference)),
  );
  expect(gone.map(({ reason }) => reason)).toEqual([]);
});

test.skipIf(missing !== undefined)('the tables of sql are the same', () => {
  expect(schemas[0]).toEqual(schemas[1]);
});

test.skipIf(missing !== undefined)('the replies to all queries of sql are the same', () => {
  const isExpected = (query: string): boolean =>
    EXPECTED_SQL_DIFFERENCES.some((expected) => expected.test(query));
  expect(withSql.filter(({ query }) => !isExpected(query))).toEqual([]);
});
