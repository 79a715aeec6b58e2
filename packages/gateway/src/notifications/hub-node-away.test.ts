import { Master, Restriction } from '@clnrest/runes';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type OwnErrorName, Refusal } from '../refusals.ts';
import type { RuneCheck, CheckedCall } from '../node/checked-call.ts';
import type { Subscriber } from './subscriber.ts';
import { type HubTools, NotificationHub, CONCURRENT_CHECKS } from './hub.ts';
import type { Message } from './message.ts';
import type { Topics } from './topics.ts';

const RECHECK_MS = 60_000;
const ALL_CHECKS =
  CONCURRENT_CHECKS.admissions + CONCURRENT_CHECKS.rechecks + CONCURRENT_CHECKS.topics;
const BLACKLISTED = Refusal.ofNode('rune_refused', { code: 1503, message: 'Blacklisted rune' });

const master = new Master(new Uint8Array(32).fill(7));
const rune = (uniqueId: number, ...restrictions: string[]): string =>
  master
    .create(
      String(uniqueId),
      restrictions.map((text) => Restriction.parse(text)),
    )
    .toBase64();
const NARROWED = ['method=getinfo', 'pnametopic=a|pnametopic=b|pnametopic=c'];

/** Checks runes as the test configures it, and counts the checks. */
class FakeCheck {
  count = 0;
  inFlight = 0;
  maxInFlight = 0;
  /** The error of every check. */
  failure: OwnErrorName | undefined;
  readonly blacklisted = new Set<string>();
  /** Runes whose checks time out. */
  readonly unanswered = new Set<string>();
  /** The number of concurrent checks that the shared connection accepts. */
  capacity = Infinity;
  responseMs = 0;

  readonly run: RuneCheck = async (text: string, { params }: CheckedCall) => {
    if (this.inFlight >= this.capacity) throw Refusal.of('busy');
    this.count++;
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    try {
      if (this.unanswered.has(text)) {
        await new Promise((resolve) => setTimeout(resolve, 30_000));
        throw Refusal.of('node_silent');
      }
      if (this.responseMs > 0) await new Promise((resolve) => setTimeout(resolve, this.responseMs));
      if (this.failure !== undefined) throw Refusal.of(this.failure);
      if (this.blacklisted.has(text)) return BLACKLISTED;
      return params === '{"topic":"never"}' ? BLACKLISTED : undefined;
    } finally {
      this.inFlight--;
    }
  };
}

function hubWith({ run }: FakeCheck, changes: Partial<HubTools> = {}): NotificationHub {
  const hub = new NotificationHub({
    checkRune: run,
    methods: ['getinfo'],
    holdMs: 0,
    recheckMs: RECHECK_MS,
    historyMessages: 100,
    historyBytes: 100_000,
    waitingBytes: 10_000,
    fault: (error) => {
      throw error;
    },
    ...changes,
  });
  onTestFinished(async () => {
    const closed = hub.close(Refusal.of('stopping'));
    await vi.advanceTimersByTimeAsync(1_000);
    await closed;
  });
  return hub;
}

class TestSubscriber implements Subscriber {
  readonly received: string[] = [];
  ended: Refusal | undefined;
  readonly permissions: Subscriber['permissions'];
  readonly topics: Topics;

  constructor(permissions: Subscriber['permissions'], topics: Topics) {
    this.permissions = permissions;
    this.topics = topics;
  }

  deliver(messages: readonly Message[]): void {
    this.received.push(...messages.map(({ topic, sequence }) => `${sequence} ${topic}`));
  }

  end(reason: Refusal): void {
    this.ended = reason;
  }
}

async function subscribe(hub: NotificationHub, text: string, topics: Topics = 'all') {
  const permissions = await hub.authorize(text, topics);
  if (permissions instanceof Refusal) throw permissions;
  const subscriber = new TestSubscriber(permissions, topics);
  await hub.subscribe(subscriber);
  return subscriber;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

describe('5,000 runes', () => {
  const COUNT = 5_000;

  async function subscribed(check: FakeCheck, ...restrictions: string[]) {
    const hub = hubWith(check);
    const runes = Array.from({ length: COUNT }, (_, i) => rune(i, ...restrictions));
    const subscribers = await Promise.all(runes.map((text) => subscribe(hub, text)));
    return { hub, runes, subscribers };
  }

  test('are rechecked with few concurrent checks, which leave room for REST calls', async () => {
    const check = new FakeCheck();
    const { runes, subscribers } = await subscribed(check);
    expect(check.maxInFlight).toBeLessThanOrEqual(CONCURRENT_CHECKS.admissions);
    check.capacity = ALL_CHECKS + 10;
    check.responseMs = 5;
    for (const text of runes.slice(0, 10)) check.blacklisted.add(text);
    check.maxInFlight = 0;
    const before = check.count;
    let refusedCalls = 0;
    for (let second = 0; second < RECHECK_MS / 1_000; second++) {
      await pass(1_000);
      const calls = Array.from({ length: 10 }, () =>
        check.run('rest', { method: 'x', params: '{}' }),
      );
      for (const call of calls) call.catch(() => refusedCalls++);
    }
    expect(refusedCalls).toBe(0);
    expect(check.maxInFlight).toBeLessThanOrEqual(CONCURRENT_CHECKS.rechecks + 10);
    expect(check.count - before).toBeGreaterThanOrEqual(COUNT);
    expect(subscribers.filter(({ ended }) => ended !== undefined)).toHaveLength(10);
    for (const { ended } of subscribers.slice(0, 10)) expect(ended).toBe(BLACKLISTED);
  });

  test('are rechecked at different times, although they subscribed together', async () => {
    const check = new FakeCheck();
    await subscribed(check);
    const counts: number[] = [];
    for (let part = 0; part < 12; part++) {
      const before = check.count;
      await pass(RECHECK_MS / 12);
      counts.push(check.count - before);
    }
    expect(Math.max(...counts)).toBeLessThan(COUNT / 3);
  });

  test('that restrict topics all receive a new one, with few concurrent checks', async () => {
    const check = new FakeCheck();
    const { hub, subscribers } = await subscribed(check, ...NARROWED);
    check.capacity = CONCURRENT_CHECKS.topics + 10;
    check.maxInFlight = 0;
    for (const topic of ['a', 'b', 'never', 'c']) hub.publish(topic, '{}');
    await pass(1);
    expect(check.maxInFlight).toBeLessThanOrEqual(CONCURRENT_CHECKS.topics);
    for (const { received } of subscribers) expect(received).toEqual(['1 a', '2 b', '4 c']);
  });
});

describe.each<OwnErrorName>(['busy', 'node_away', 'node_broke_off', 'node_silent'])(
  'a node that does not respond (%s)',
  (failure) => {
    test('ends no subscription, and waiting messages arrive in order afterwards', async () => {
      const check = new FakeCheck();
      const hub = hubWith(check);
      const narrowed = await subscribe(hub, rune(1, ...NARROWED));
      const free = await subscribe(hub, rune(2));
      check.failure = failure;
      for (const topic of ['a', 'b']) hub.publish(topic, '{}');
      await pass(10);
      hub.publish('c', '{}');
      await pass(10_000);
      // The second rune needs no check.
      expect([narrowed.received, free.received]).toEqual([[], ['1 a', '2 b', '3 c']]);
      // A client that reconnects must receive the waiting messages.
      expect([hub.lastDelivered(narrowed), hub.lastDelivered(free)]).toEqual([0, 3]);
      check.failure = undefined;
      await pass(2_000);
      expect(narrowed.received).toEqual(['1 a', '2 b', '3 c']);
      expect(hub.lastDelivered(narrowed)).toBe(3);
      expect([narrowed.ended, free.ended]).toEqual([undefined, undefined]);
    });

    test('until checks expire: messages wait for the recheck', async () => {
      const check = new FakeCheck();
      const hub = hubWith(check);
      const good = await subscribe(hub, rune(1));
      const bad = await subscribe(hub, rune(2));
      check.failure = failure;
      check.blacklisted.add(bad.permissions.rune);
      await pass(2 * RECHECK_MS);
      hub.publish('a', '{}');
      await pass(2 * RECHECK_MS);
      hub.publish('b', '{}');
      await pass(10);
      expect([good.received, bad.received]).toEqual([[], []]);
      expect([good.ended, bad.ended]).toEqual([undefined, undefined]);
      check.failure = undefined;
      await pass(2_000);
      expect([good.received, bad.received]).toEqual([['1 a', '2 b'], []]);
      expect([good.ended, bad.ended]).toEqual([undefined, BLACKLISTED]);
    });

    test('until too much waits: the subscription ends with that error, others continue', async () => {
      const check = new FakeCheck();
      const hub = hubWith(check, { waitingBytes: 2_300 });
      const narrowed = await subscribe(hub, rune(1, ...NARROWED));
      const free = await subscribe(hub, rune(2));
      check.failure = failure;
      for (let i = 0; i < 10; i++) {
        hub.publish('b', `"${'x'.repeat(98)}"`);
        await pass(1);
      }
      expect(narrowed.ended).toBeUndefined();
      hub.publish('b', '{}');
      await pass(1);
      expect(narrowed.ended).toMatchObject({ kind: failure });
      expect([narrowed.received, free.received.length, free.ended]).toEqual([[], 11, undefined]);
    });

    test('gets one check at a time, at most one a second', async () => {
      const check = new FakeCheck();
      const hub = hubWith(check);
      const subscribers = await Promise.all(
        Array.from({ length: 300 }, (_, i) => subscribe(hub, rune(i, ...NARROWED))),
      );
      check.failure = failure;
      hub.publish('b', '{}');
      await pass(100);
      const before = check.count;
      await pass(20_000);
      expect(check.count - before).toBeLessThanOrEqual(20);
      check.failure = undefined;
      await pass(2_000);
      for (const { received } of subscribers) expect(received).toEqual(['1 b']);
    });
  },
);

test('a rune whose checks time out does not delay others', async () => {
  const check = new FakeCheck();
  const hub = hubWith(check);
  const slow = await subscribe(hub, rune(1, ...NARROWED));
  const quick = await Promise.all([2, 3, 4].map((id) => subscribe(hub, rune(id, ...NARROWED))));
  check.unanswered.add(slow.permissions.rune);
  for (const topic of ['a', 'b']) hub.publish(topic, '{}');
  await pass(1);
  for (const { received } of quick) expect(received).toEqual(['1 a', '2 b']);
  expect(slow.received).toEqual([]);
  await pass(3 * RECHECK_MS);
  hub.publish('c', '{}');
  await pass(1);
  for (const { received } of quick) expect(received).toEqual(['1 a', '2 b', '3 c']);
  check.unanswered.clear();
  await pass(RECHECK_MS);
  expect(slow.received).toEqual(['1 a', '2 b', '3 c']);
  expect(slow.ended).toBeUndefined();
});

test('a recheck that takes longer than the interval is not started twice', async () => {
  const check = new FakeCheck();
  const hub = hubWith(check);
  const subscriber = await subscribe(hub, rune(1));
  const before = check.count;
  check.responseMs = 10 * RECHECK_MS;
  await pass(5 * RECHECK_MS);
  expect(check.count - before).toBe(1);
  expect(subscriber.ended).toBeUndefined();
});

test('a subscriber that joins while others with its rune wait receives each message once', async () => {
  const check = new FakeCheck();
  const hub = hubWith(check);
  const text = rune(1, ...NARROWED);
  const first = await subscribe(hub, text, new Set(['a', 'b', 'c']));
  check.responseMs = 1_000;
  for (const topic of ['b', 'a']) hub.publish(topic, '{}');
  await pass(1);
  const permissions = await Promise.all([hub.authorize(text, 'all'), pass(1_000)]).then(
    ([got]) => got,
  );
  if (permissions instanceof Refusal) throw permissions;
  check.unanswered.add(text);
  hub.publish('c', '{}');
  await pass(1);
  const second = new TestSubscriber(permissions, new Set(['a']));
  const missed = await hub.subscribe(second, 0);
  expect(missed.messages.map(({ topic }) => topic)).toEqual(['a']);
  check.unanswered.clear();
  check.responseMs = 0;
  hub.publish('a', '{}');
  await pass(2 * 30_000);
  expect(first.received).toEqual(['1 b', '2 a', '3 c', '4 a']);
  expect(second.received).toEqual(['4 a']);
});

test('the hub waits a short time for the checks of the last messages before it closes', async () => {
  const check = new FakeCheck();
  const hub = hubWith(check);
  const prompt = await subscribe(hub, rune(1, ...NARROWED));
  const stuck = await subscribe(hub, rune(2, ...NARROWED));
  check.unanswered.add(stuck.permissions.rune);
  check.responseMs = 10;
  hub.publish('b', '{}');
  await Promise.all([hub.close(Refusal.of('stopping')), pass(1_000)]);
  expect([prompt.received, stuck.received]).toEqual([['1 b'], []]);
  for (const { ended } of [prompt, stuck]) expect(ended).toMatchObject({ kind: 'stopping' });
});

test('collected messages are sent early when they would exceed the history', async () => {
  const hub = hubWith(new FakeCheck(), { holdMs: 3_600_000, historyMessages: 5 });
  const subscriber = await subscribe(hub, rune(1));
  for (let i = 0; i < 12; i++) hub.publish('t', '{}');
  expect(subscriber.received).toHaveLength(10);
  hub.publish('t', `"${'x'.repeat(100_000)}"`);
  expect(subscriber.received).toHaveLength(13);
});
