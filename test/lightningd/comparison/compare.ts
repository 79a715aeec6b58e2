import { type Call, callsOf, readUsage } from './calls.ts';
import { type Difference, differencesBetween } from './differences.ts';
import { exchange, type Outcome, PATIENCE_MS } from './exchange.ts';
import { type ChannelFacts, type Facts, prepareNode } from './facts.ts';

/** Commands that end the node, or only exist here. */
const NOT_CALLED = /^(?:stop|dev-.*|commando-.*)$/;

/** Calls of which lightningd v26.06.6 dies: the others after them could not be compared. */
const FATAL: readonly { readonly method: string; readonly what: RegExp }[] = [
  { method: 'invoice', what: /^expiry=-1,/ },
  { method: 'blacklistrune', what: /^end=0,/ },
  // The same payment hash with another label.
  { method: 'createinvoice', what: /^label=["\d-]/ },
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
  /** The commands that were called, with the number of their calls that had a result on both nodes. */
  readonly results: Readonly<Record<string, number>>;
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
  'checkrune',
  'createinvoice',
  'fetchinvoice',
  'cancelrecurringinvoice',
  'createproof',
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
  'addpsbtinput',
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
  'txsend',
  'txdiscard',
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
  const wallet = Math.max(
    0,
    survived.findIndex(({ method }) => method === 'reserveinputs'),
  );
  // Before other calls can select the same coins.
  const [later, early] = [survived.slice(wallet), survived.slice(0, wallet)];
  const ordered = [
    ...early,
    ...later.filter(takesCoins),
    ...later.filter((one) => !takesCoins(one)),
  ];
  return compareCalls(ordered, [sandboxPath, ours], [realPath, real], []);
}

/** Whether a call names coins of the wallet. */
function takesCoins({ method, what }: Call): boolean {
  return (
    ['utxopsbt', 'withdraw', 'multiwithdraw', 'txprepare'].includes(method) &&
    /^(?:all parameters|with the optional utxos)/.test(what)
  );
}

async function compareCalls(
  calls: readonly Call[],
  ours: Place,
  real: Place,
  before: readonly Difference[],
): Promise<Comparison> {
  const differences = [...before];
  const results: Record<string, number> = {};
  let count = 0;
  for (const call of calls) {
    if (FATAL.some((one) => one.method === call.method && one.what.test(call.what))) continue;
    count++;
    const { hasResults, found } = await compareCall(call, ours, real);
    differences.push(...found);
    results[call.method] = (results[call.method] ?? 0) + (hasResults ? 1 : 0);
  }
  return { calls: count, differences, results };
}

/** How much longer one node can take if the other has replied: a busy machine delays lightningd's many processes. */
const DELAY_MS = 4_000;

type Place = readonly [socketPath: string, facts: Facts];

async function compareCall(
  call: Call,
  ours: Place,
  real: Place,
): Promise<{ readonly hasResults: boolean; readonly found: Difference[] }> {
  const patience = new AbortController();
  const replies: Outcome[] = [];
  const send = async ([path, facts]: Place) => {
    const outcome = await exchange(path, call.method, call.params(facts), patience.signal);
    replies.push(outcome);
    return { outcome, facts };
  };
  const timers = [
    setTimeout(() => replies.length === 0 && patience.abort(), PATIENCE_MS),
    setTimeout(() => patience.abort(), PATIENCE_MS + DELAY_MS),
  ];
  const [mine, theirs] = await Promise.all([send(ours), send(real)]);
  for (const timer of timers) clearTimeout(timer);
  if (PAYING.has(call.method) && [mine, theirs].some(({ outcome }) => hasTried(outcome))) {
    for (const { payables } of [mine.facts, theirs.facts])
      if (payables.length > 1) payables.shift();
  }
  const { method, what } = call;
  if (theirs.outcome.kind === 'closed')
    throw new Error(`lightningd has died of ${method}: ${what}`);
  return {
    hasResults: mine.outcome.kind === 'result' && theirs.outcome.kind === 'result',
    found: differencesBetween(mine, theirs).map((how) => ({ method, what, how })),
  };
}

/** Commands after which the next call needs another invoice, unless they have refused the parameters. */
const PAYING = new Set(['pay', 'xpay', 'sendpay']);

function hasTried(outcome: Outcome): boolean {
  return outcome.kind !== 'error' || outcome.code !== -32602;
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
