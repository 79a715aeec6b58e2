import { parseArgs } from 'node:util';
import { temporaryDirectory } from '@clnrest/testing';
import { FeedingNode } from '../../test/gateway/feeding-node.ts';
import { disturb, type World } from './disturb.ts';
import { Findings } from './order-check.ts';
import { Redis } from './sentinel.ts';
import { SoakGateway } from './soak-gateway.ts';
import { EventSubscriber, SocketSubscriber, type Subscriber } from './subscribers.ts';

/**
 * `npm run soak:redis -- --minutes N`: subscribers that change between gateways, while gateways, Redis, the plugin and the node
 * fail in turn. Each subscriber must receive every notification once and in order, or `missed` in the place of lost ones.
 */
const GATEWAYS = 3;
const SUBSCRIBERS = 6;
/** The time that the last notification may take to arrive. */
const SETTLE_MS = 60_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, rate: { type: 'string', default: '20' } },
});

const ends: (() => unknown)[] = [];
try {
  process.exitCode = await soak(Number(values.minutes), Number(values.rate));
} finally {
  for (const end of ends.toReversed()) await end();
}

async function soak(minutes: number, perSecond: number): Promise<number> {
  const atEnd = (end: () => unknown): void => void ends.push(end);
  const redis = await Redis.start(atEnd);
  const node = new FeedingNode(redis, temporaryDirectory(atEnd));
  atEnd(() => node.stop());
  await node.start();
  const gateways: SoakGateway[] = [];
  for (let count = 0; count < GATEWAYS; count++) {
    const gateway = await SoakGateway.start(redis.url, node.socketPath);
    atEnd(() => gateway.kill());
    gateways.push(gateway);
  }
  const findings = new Findings();
  const world = { node, redis, gateways, findings };
  const place = { urls: gateways.map(({ url }) => url), rune: await node.rune(), findings };
  const subscribers = Array.from({ length: SUBSCRIBERS }, (_, index) => [
    new EventSubscriber(String(index + 1), place),
    new SocketSubscriber(String(index + 1), place),
  ]).flat();
  const running = subscribers.map((subscriber) => subscriber.run());
  const stop = new AbortController();
  const creating = new AbortController();
  const disturbing = disturb(world, stop.signal);
  const invoices = createInvoices(world, perSecond, creating.signal);
  await sleep(minutes * 60_000);
  stop.abort();
  await disturbing;
  creating.abort();
  await invoices;
  await waitForLast(subscribers, findings);
  for (const subscriber of subscribers) subscriber.end();
  await Promise.all(running);
  for (const line of gateways.flatMap(({ broken }) => broken)) findings.violation(line);
  console.log(report(subscribers, findings));
  return findings.violations.length === 0 ? 0 : 1;
}

/** Creates numbered invoices. While the node is away, it tries again with the same number. */
async function createInvoices(
  { node, findings }: World,
  perSecond: number,
  signal: AbortSignal,
): Promise<void> {
  let number = 0;
  while (!signal.aborted) {
    if (findings.isPaused) {
      await sleep(10);
      continue;
    }
    findings.created[number] = performance.now();
    const label = `soak-${number}`;
    const isCreated = await node.rpc('invoice', { amount_msat: 1, label, description: 'd' }).then(
      () => true,
      // It exists if the node stopped before it had responded.
      (error: unknown) => /duplicate/i.test(String(error)),
    );
    findings.created[number] = performance.now();
    if (isCreated) number++;
    await sleep(1_000 / perSecond);
  }
  const last = findings.created.length - 1;
  const label = `soak-${last}`;
  await node.rpc('invoice', { amount_msat: 1, label, description: 'd' }).catch(() => undefined);
}

async function waitForLast(subscribers: readonly Subscriber[], findings: Findings): Promise<void> {
  const last = findings.created.length - 1;
  const late = () => subscribers.filter(({ check }) => check.last !== last);
  const end = performance.now() + SETTLE_MS;
  while (performance.now() < end && late().length > 0) await sleep(100);
  for (const { name, check } of late()) {
    findings.violation(`${name}: received up to ${check.last}, but ${last} were created`);
  }
}

function report(subscribers: readonly Subscriber[], findings: Findings): string {
  return [
    `${findings.created.length} numbered invoices`,
    ...findings.counts.map(([what, count]) => `${what}: ${count}`),
    ...subscribers.map(({ name, check }) => `${name}: ${check.received} received`),
    findings.violations.length === 0 ? 'OK: every notification accounted for' : 'VIOLATIONS:',
    ...findings.violations,
  ].join('\n');
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
