import { parseArgs } from 'node:util';
import { Target, type Usage } from '../fuzz/target.ts';
import {
  callAgainAndAgain,
  leaveAgainAndAgain,
  readSlowly,
  type Scene,
  stallAgainAndAgain,
  waitForPayments,
} from './callers.ts';
import { disturb } from './disturb.ts';
import { EventSubscriber, type Manner } from './event-subscriber.ts';
import { Gateways } from './gateways.ts';
import { makeInvoices, sendLargeMessages } from './invoices.ts';
import { Ledger, type Protocol } from './ledger.ts';
import { report } from './report.ts';
import { SocketSubscriber } from './socket-subscriber.ts';

/**
 * `npm run soak -- --minutes N`: all kinds of clients at once, for a long time, while plugins are restarted and
 * their HTTP side is killed. Accounts for every notification and every call.
 */
const PROTOCOLS: readonly Protocol[] = ['http', 'https'];
const MANNERS: readonly Manner[] = ['steady', 'leaves', 'slow', 'stalls'];
const LANES = 3;
/** How long what was made last may take to reach all. */
const SETTLE_MS = 20_000;
const GROWTH = 50 * 2 ** 20;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, rate: { type: 'string', default: '20' } },
});

const target = await Target.start();
try {
  process.exitCode = await soak(target, Number(values.minutes), Number(values.rate));
} finally {
  await target.stop();
}

async function soak(target: Target, minutes: number, perSecond: number): Promise<number> {
  const ledger = new Ledger();
  const gateways = new Gateways(target.destination);
  const before = await target.usage();
  const started = performance.now();
  const stop = new AbortController();
  const { signal } = stop;
  const scene: Scene = { gateways, ledger, signal, times: [], made: new Map() };

  const events = PROTOCOLS.flatMap((protocol) =>
    MANNERS.flatMap((manner) => [manner, manner]).map(
      (manner) => new EventSubscriber({ gateways, ledger }, protocol, manner),
    ),
  );
  const sockets = PROTOCOLS.flatMap((protocol) =>
    (['websocket', 'polling'] as const).map(
      (transport) => new SocketSubscriber({ gateways, ledger }, protocol, transport),
    ),
  );
  const listening = events.map((subscriber) => subscriber.run());
  const working = PROTOCOLS.flatMap((protocol) => clientsOf(scene, protocol));
  working.push(disturb(target, ledger, signal));
  working.push(sendLargeMessages(target.node.rpc, ledger, signal));
  const making = new AbortController();
  const invoices = makeInvoices(target.node.rpc, ledger, { perSecond, signal: making.signal });

  await sleep(minutes * 60_000);
  stop.abort();
  await Promise.all(working);
  making.abort();
  await invoices;
  await caughtUp(events, ledger);
  for (const subscriber of [...events, ...sockets]) subscriber.end();
  await Promise.all(listening);
  await checkInvoices(target, scene);
  gateways.close();

  const after = await settled(target, before);
  checkUsage(before, after, ledger);
  checkLog(target, ledger);
  const seconds = (performance.now() - started) / 1_000;
  console.log(report({ seconds, ledger, events, sockets, times: scene.times, before, after }));
  return ledger.violations.length === 0 ? 0 : 1;
}

function clientsOf(scene: Scene, protocol: Protocol): Promise<void>[] {
  const first = PROTOCOLS.indexOf(protocol) * LANES;
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    callAgainAndAgain(scene, protocol, first + lane),
  );
  lanes.push(waitForPayments(scene, protocol));
  lanes.push(leaveAgainAndAgain(scene, protocol));
  lanes.push(readSlowly(scene, protocol));
  lanes.push(stallAgainAndAgain(scene, protocol));
  return lanes;
}

/** Waits until all subscribers have the last number: then none was lost at the end. */
async function caughtUp(events: readonly EventSubscriber[], ledger: Ledger): Promise<void> {
  const last = ledger.created.length - 1;
  // One that stalls reads again after a while.
  const end = performance.now() + 3 * SETTLE_MS;
  while (performance.now() < end && events.some((each) => each.last !== last)) await sleep(100);
  for (const { name, last: got } of events.filter((each) => each.last !== last)) {
    ledger.violation(`${name}: the last that came is ${got}, and ${last} was made`);
  }
}

/** Each invoice that was answered for exists as it was answered. */
async function checkInvoices(target: Target, { made, ledger }: Scene): Promise<void> {
  const { invoices } = await target.node.rpc.call<{
    invoices: { label: string; payment_hash: string }[];
  }>('listinvoices');
  const kept = new Map(invoices.map(({ label, payment_hash }) => [label, payment_hash]));
  for (const [label, hash] of made) {
    if (kept.get(label) !== hash) ledger.violation(`invoice ${label} is not what was answered`);
  }
}

async function settled(target: Target, before: readonly Usage[]): Promise<readonly Usage[]> {
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
    // The node keeps all invoices, and is not what is tested.
    if (grown > GROWTH && name !== 'node') {
      ledger.violation(`${name} holds ${(grown / 1e6).toFixed(1)} MB more than before`);
    }
    const leaked = tcpOf(after, name) - tcpOf(before, name);
    if (leaked > 0) ledger.violation(`${name} has ${leaked} connections more than before`);
  }
}

/** Nothing may be broken but what was killed. */
function checkLog(target: Target, ledger: Ledger): void {
  const kills = ledger.disturbances.filter(({ kind }) => kind === 'HTTP side killed').length;
  const broken = target.node.log.filter((line) => /\*\*BROKEN\*\*|uncaught|unhandled/.test(line));
  ledger.count('broken lines in the log', broken.length);
  const cut = target.node.log.filter((line) => line.includes('slow_subscriber')).length;
  ledger.count('subscribers cut off since they read nothing (lines of the log)', cut);
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
