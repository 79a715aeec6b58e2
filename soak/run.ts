import { parseArgs } from 'node:util';
import type { Usage } from '../fuzz/subject.ts';
import { TargetNode } from '../fuzz/target-node.ts';
import {
  callCommands,
  abandonCalls,
  readSlowly,
  type SoakContext,
  subscribeWithoutReading,
  waitForPayments,
} from './callers.ts';
import { disturb } from './disturb.ts';
import { EventSubscriber, type SubscriberBehaviour } from './event-subscriber.ts';
import { Gateways } from './gateways.ts';
import { createInvoices, sendLargeMessages } from './invoices.ts';
import { Ledger, type Protocol } from './ledger.ts';
import { report } from './report.ts';
import { SocketSubscriber } from './socket-subscriber.ts';

/**
 * `npm run soak -- --minutes N`: all kinds of clients at once, for a long time, while plugins are restarted and
 * their HTTP process is killed. Accounts for every notification and every call.
 */
const PROTOCOLS: readonly Protocol[] = ['http', 'https'];
const BEHAVIOURS: readonly SubscriberBehaviour[] = ['steady', 'disconnects', 'slow', 'stalls'];
const LANES = 3;
/** The time that the last notifications may take to arrive. */
const SETTLE_MS = 20_000;
const GROWTH = 50 * 2 ** 20;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, rate: { type: 'string', default: '20' } },
});

const target = await TargetNode.start();
try {
  process.exitCode = await soak(target, Number(values.minutes), Number(values.rate));
} finally {
  await target.stop();
}

async function soak(target: TargetNode, minutes: number, perSecond: number): Promise<number> {
  const ledger = new Ledger();
  const gateways = new Gateways(target.destination);
  const before = await target.usage();
  const started = performance.now();
  const stop = new AbortController();
  const { signal } = stop;
  const context: SoakContext = { gateways, ledger, signal, times: [], created: new Map() };

  const events = PROTOCOLS.flatMap((protocol) =>
    BEHAVIOURS.flatMap((behaviour) => [behaviour, behaviour]).map(
      (behaviour) => new EventSubscriber({ gateways, ledger }, protocol, behaviour),
    ),
  );
  const sockets = PROTOCOLS.flatMap((protocol) =>
    (['websocket', 'polling'] as const).map(
      (transport) => new SocketSubscriber({ gateways, ledger }, protocol, transport),
    ),
  );
  const subscriptions = events.map((subscriber) => subscriber.run());
  const tasks = PROTOCOLS.flatMap((protocol) => clientsOf(context, protocol));
  tasks.push(disturb(target, ledger, signal));
  tasks.push(sendLargeMessages(target.node.rpc, ledger, signal));
  const creating = new AbortController();
  const invoices = createInvoices(target.node.rpc, ledger, { perSecond, signal: creating.signal });

  await sleep(minutes * 60_000);
  stop.abort();
  await Promise.all(tasks);
  creating.abort();
  await invoices;
  await waitForLast(events, ledger);
  for (const subscriber of [...events, ...sockets]) subscriber.end();
  await Promise.all(subscriptions);
  await checkInvoices(target, context);
  gateways.close();

  const after = await settled(target, before);
  checkUsage(before, after, ledger);
  checkLog(target, ledger);
  const seconds = (performance.now() - started) / 1_000;
  console.log(report({ seconds, ledger, events, sockets, times: context.times, before, after }));
  return ledger.violations.length === 0 ? 0 : 1;
}

function clientsOf(context: SoakContext, protocol: Protocol): Promise<void>[] {
  const first = PROTOCOLS.indexOf(protocol) * LANES;
  const tasks = Array.from({ length: LANES }, (_, lane) =>
    callCommands(context, protocol, first + lane),
  );
  tasks.push(waitForPayments(context, protocol));
  tasks.push(abandonCalls(context, protocol));
  tasks.push(readSlowly(context, protocol));
  tasks.push(subscribeWithoutReading(context, protocol));
  return tasks;
}

/** Waits until all subscribers have received the last number. */
async function waitForLast(events: readonly EventSubscriber[], ledger: Ledger): Promise<void> {
  const last = ledger.created.length - 1;
  // A stalled subscriber reads again after a time.
  const end = performance.now() + 3 * SETTLE_MS;
  while (performance.now() < end && events.some((each) => each.last !== last)) await sleep(100);
  for (const { name, last: got } of events.filter((each) => each.last !== last)) {
    ledger.violation(`${name}: received up to ${got}, but ${last} were created`);
  }
}

/** Checks that each invoice of a response exists in the node. */
async function checkInvoices(target: TargetNode, { created, ledger }: SoakContext): Promise<void> {
  const { invoices } = await target.node.rpc.call<{
    invoices: { label: string; payment_hash: string }[];
  }>('listinvoices');
  const kept = new Map(invoices.map(({ label, payment_hash }) => [label, payment_hash]));
  for (const [label, hash] of created) {
    if (kept.get(label) !== hash) ledger.violation(`invoice ${label} does not match the response`);
  }
}

async function settled(target: TargetNode, before: readonly Usage[]): Promise<readonly Usage[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const usage = await target.usage();
    const isBack = usage.every((now) => tcpOf(usage, now.name) <= tcpOf(before, now.name));
    if (isBack || performance.now() > end) return usage;
    await sleep(500);
  }
}

function checkUsage(before: readonly Usage[], after: readonly Usage[], ledger: Ledger): void {
  for (const name of new Set(after.map((each) => each.name))) {
    const grown = memoryOf(after, name) - memoryOf(before, name);
    // The node keeps all invoices, and is not under test.
    if (grown > GROWTH && name !== 'node') {
      ledger.violation(`${name} holds ${(grown / 1e6).toFixed(1)} MB more than before`);
    }
    const leaked = tcpOf(after, name) - tcpOf(before, name);
    if (leaked > 0) ledger.violation(`${name} has ${leaked} connections more than before`);
  }
}

/** Checks that the log has at most one broken line for each kill. */
function checkLog(target: TargetNode, ledger: Ledger): void {
  const kills = ledger.disturbances.filter(({ kind }) => kind === 'HTTP process killed').length;
  const broken = target.node.log.filter((line) => /\*\*BROKEN\*\*|uncaught|unhandled/.test(line));
  ledger.count('broken lines in the log', broken.length);
  const cut = target.node.log.filter((line) => line.includes('slow_subscriber')).length;
  ledger.count('subscribers disconnected because they did not read (log lines)', cut);
  if (broken.length <= kills) return;
  ledger.violation(`${broken.length} broken lines in the log, after ${kills} kills: ${broken[0]}`);
}

function memoryOf(usage: readonly Usage[], name: string): number {
  return usage.reduce((sum, each) => sum + (each.name === name ? each.memory : 0), 0);
}

function tcpOf(usage: readonly Usage[], name: string): number {
  return usage.reduce((sum, each) => sum + (each.name === name ? each.descriptors.tcp : 0), 0);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
