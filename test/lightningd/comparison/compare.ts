import { type Call, callsOf, readUsage } from './calls.ts';
import { type Difference, differencesBetween } from './differences.ts';
import { exchange } from './exchange.ts';
import { type ChannelFacts, type Facts, prepareNode } from './facts.ts';

/** Commands that end the node, or only exist here. */
const NOT_CALLED = /^(?:stop|dev-.*|commando-.*)$/;

/** Calls of which lightningd v26.06.6 dies: the others after them could not be compared. */
const FATAL: readonly { readonly method: string; readonly what: RegExp }[] = [
  { method: 'invoice', what: /^expiry=-1,/ },
  { method: 'blacklistrune', what: /^end=0,/ },
  { method: 'fetchinvoice', what: /^(?:payer_metadata=""|dev_reply_path=\[\]),/ },
];

/** The commands to compare. By default all. */
const SELECTED = process.env['CLNREST_COMPARISON_METHODS']?.split(',');

/** Whether only some commands are compared, so that the numbers of calls and differences say nothing. */
export const IS_SELECTION = SELECTED !== undefined;

export function isSelected(method: string): boolean {
  return SELECTED?.includes(method) ?? true;
}

/** The result of a comparison. */
export interface Comparison {
  readonly calls: number;
  readonly differences: readonly Difference[];
}

/** Sends the same generated calls to a sandbox and to a real node, in the same order. Both are new. */
export async function compareNodes(sandboxPath: string, realPath: string): Promise<Comparison> {
  const [ours, real] = await Promise.all([prepareNode(sandboxPath), prepareNode(realPath)]);
  const usages = await usagesOf(sandboxPath);
  const realUsages = await usagesOf(realPath);
  const differences: Difference[] = [];
  for (const method of realUsages.keys()) {
    if (usages.has(method) || !isSelected(method)) continue;
    differences.push({ method, what: 'help', how: 'the sandbox has no such command' });
  }
  const calls: Call[] = [];
  for (const [method, usage] of usages) {
    if (NOT_CALLED.test(method) || !isSelected(method)) continue;
    const expected = realUsages.get(method);
    if (expected === undefined) {
      differences.push({ method, what: 'help', how: 'lightningd has no such command' });
      continue;
    }
    if (usage !== expected) {
      differences.push({ method, what: 'help', how: `usage: ${usage}; lightningd: ${expected}` });
    }
    calls.push(...callsOf(method, readUsage(expected)));
  }
  return compareCalls(calls, [sandboxPath, ours], [realPath, real], differences);
}

/** The commands whose replies depend on channels, payments and peers. The last ones change them. */
const ON_CHANNELS = [
  'getinfo',
  'listpeers',
  'listpeerchannels',
  'listclosedchannels',
  'listhtlcs',
  'sql',
  'listchainmoves',
  'listchannelmoves',
  'bkpr-listbalances',
  'bkpr-listaccountevents',
  'bkpr-listincome',
  'bkpr-inspect',
  'bkpr-channelsapy',
  'bkpr-dumpincomecsv',
  'bkpr-report',
  'bkpr-editdescriptionbypaymentid',
  'bkpr-editdescriptionbyoutpoint',
  'listfunds',
  'listchannels',
  'listnodes',
  'listtransactions',
  'listaddresses',
  'listforwards',
  'listpays',
  'listsendpays',
  'listinvoices',
  'waitanyinvoice',
  'waitinvoice',
  'waitsendpay',
  'checkmessage',
  'invoice',
  'getroute',
  'ping',
  'sendcustommsg',
  'getroutes',
  'preapproveinvoice',
  'preapprovekeysend',
  'offer',
  'sendpay',
  'delpay',
  'delforward',
  'xpay',
  'pay',
  'keysend',
  'xkeysend',
  'reserveinputs',
  'unreserveinputs',
  'utxopsbt',
  'fundpsbt',
  'signpsbt',
  'sendpsbt',
  'addpsbtoutput',
  'setchannel',
  'staticbackup',
  'autoclean-status',
  'autoclean-once',
  'withdraw',
  'multiwithdraw',
  'txprepare',
  'disconnect',
  'connect',
  'close',
];

/**
 * The same for nodes with a channel, a payment in each direction, and money in the wallet. Malformed messages to a peer are
 * left out: connectd of v26.06.6 dies of them.
 */
export async function compareWithChannels(
  [sandboxPath, ourChannel]: readonly [socketPath: string, channel: ChannelFacts],
  [realPath, realChannel]: readonly [socketPath: string, channel: ChannelFacts],
): Promise<Comparison> {
  const ours = await prepareNode(sandboxPath, ourChannel);
  const real = await prepareNode(realPath, realChannel);
  const usages = await usagesOf(realPath);
  const calls = ON_CHANNELS.filter(isSelected).flatMap((method) =>
    callsOf(method, readUsage(usages.get(method) ?? '')),
  );
  const survived = calls.filter(
    ({ method, what }) => method !== 'sendcustommsg' || !what.startsWith('msg='),
  );
  return compareCalls(survived, [sandboxPath, ours], [realPath, real], []);
}

async function compareCalls(
  calls: readonly Call[],
  ours: Place,
  real: Place,
  before: readonly Difference[],
): Promise<Comparison> {
  const differences = [...before];
  let count = 0;
  for (const call of calls) {
    if (FATAL.some((one) => one.method === call.method && one.what.test(call.what))) continue;
    count++;
    differences.push(...(await compareCall(call, ours, real)));
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
