import { type Call, callsOf, readUsage } from './calls.ts';
import { type Difference, differencesBetween } from './differences.ts';
import { exchange } from './exchange.ts';
import { type Facts, prepareNode } from './facts.ts';

/** Commands that end the node, or only exist here. */
const NOT_CALLED = /^(?:stop|dev-.*|commando-.*)$/;

/** Calls of which lightningd v26.06.6 dies: the others after them could not be compared. */
const FATAL: readonly { readonly method: string; readonly what: RegExp }[] = [
  { method: 'invoice', what: /^expiry=-1,/ },
  { method: 'blacklistrune', what: /^end=0,/ },
];

/** The result of a comparison. */
export interface Comparison {
  readonly calls: number;
  readonly differences: readonly Difference[];
}

/** Sends the same generated calls to a sandbox and to a real node, in the same order. */
export async function compareNodes(sandboxPath: string, realPath: string): Promise<Comparison> {
  const [ours, real] = await Promise.all([prepareNode(sandboxPath), prepareNode(realPath)]);
  const usages = await usagesOf(sandboxPath);
  const realUsages = await usagesOf(realPath);
  const differences: Difference[] = [];
  let count = 0;
  for (const method of realUsages.keys()) {
    if (usages.has(method)) continue;
    differences.push({ method, what: 'help', how: 'the sandbox has no such command' });
  }
  for (const [method, usage] of usages) {
    if (NOT_CALLED.test(method)) continue;
    const expected = realUsages.get(method);
    if (expected === undefined) {
      differences.push({ method, what: 'help', how: 'lightningd has no such command' });
      continue;
    }
    if (usage !== expected) {
      differences.push({ method, what: 'help', how: `usage: ${usage}; lightningd: ${expected}` });
    }
    for (const call of callsOf(method, readUsage(expected))) {
      if (FATAL.some((one) => one.method === method && one.what.test(call.what))) continue;
      count++;
      differences.push(...(await compareCall(call, [sandboxPath, ours], [realPath, real])));
    }
  }
  return { calls: count, differences };
}

type Place = readonly [socketPath: string, facts: Facts];

async function compareCall(call: Call, ours: Place, real: Place): Promise<Difference[]> {
  const send = async ([path, facts]: Place) => ({
    outcome: await exchange(path, call.method, call.params(facts)),
    facts,
  });
  const [mine, theirs] = await Promise.all([send(ours), send(real)]);
  const { method, what } = call;
  if (theirs.outcome.kind === 'closed')
    throw new Error(`lightningd has died of ${method}: ${what}`);
  return differencesBetween(mine, theirs).map((how) => ({ method, what, how }));
}

async function usagesOf(socketPath: string): Promise<Map<string, string>> {
  const outcome = await exchange(socketPath, 'help', '{}');
  if (outcome.kind !== 'result') throw new Error(JSON.stringify(outcome));
  const { help } = outcome.result as { help: { command: string }[] };
  return new Map(
    help.map(({ command }) => {
      const [name = '', ...usage] = command.split(' ');
      return [name, usage.join(' ').trim()];
    }),
  );
}
