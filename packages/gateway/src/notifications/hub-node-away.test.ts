import { Master, Restriction } from '@clnrest/runes';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type OwnErrorName, Refusal } from '../errors.ts';
import type { RuneCheck, RuneQuestion } from '../node/rune-question.ts';
import type { Listener } from './audience.ts';
import { type HubTools, NotificationHub, QUESTIONS } from './hub.ts';
import type { Message } from './message.ts';
import type { Topics } from './topics.ts';

const RECHECK_MS = 60_000;
const ALL_QUESTIONS = QUESTIONS.admissions + QUESTIONS.rechecks + QUESTIONS.verdicts;
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

/** A node that judges as the test says, and counts. */
class FakeJudge {
  asked = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** What it says instead of an answer. */
  failure: OwnErrorName | undefined;
  readonly takenBack = new Set<string>();
  /** Runes of which it says nothing at all. */
  readonly unanswered = new Set<string>();
  /** More in flight are refused, as on the shared connection. */
  capacity = Infinity;
  answerMs = 0;

  readonly judge: RuneCheck = async (text: string, { params }: RuneQuestion) => {
    if (this.inFlight >= this.capacity) throw Refusal.of('busy');
    this.asked++;
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      if (this.unanswered.has(text)) {
        await new Promise((resolve) => setTimeout(resolve, 30_000));
        throw Refusal.of('node_silent');
      }
      if (this.answerMs > 0) await new Promise((resolve) => setTimeout(resolve, this.answerMs));
      if (this.failure !== undefined) throw Refusal.of(this.failure);
      if (this.takenBack.has(text)) return BLACKLISTED;
      return params === '{"topic":"never"}' ? BLACKLISTED : undefined;
    } finally {
      this.inFlight--;
    }
  };
}

function hubWith({ judge }: FakeJudge, changes: Partial<HubTools> = {}): NotificationHub {
  const hub = new NotificationHub({
    checkRune: judge,
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

class TestListener implements Listener {
  readonly heard: string[] = [];
  ended: Refusal | undefined;
  readonly hearing: Listener['hearing'];
  readonly topics: Topics;

  constructor(hearing: Listener['hearing'], topics: Topics) {
    this.hearing = hearing;
    this.topics = topics;
  }

  deliver(messages: readonly Message[]): void {
    this.heard.push(...messages.map(({ topic, sequence }) => `${sequence} ${topic}`));
  }

  end(reason: Refusal): void {
    this.ended = reason;
  }
}

async function admit(hub: NotificationHub, text: string, topics: Topics = 'all') {
  const hearing = await hub.admit(text, topics);
  if (hearing instanceof Refusal) throw hearing;
  const listener = new TestListener(hearing, topics);
  await hub.listen(listener);
  return listener;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

describe('5,000 runes', () => {
  const COUNT = 5_000;

  async function subscribed(judge: FakeJudge, ...restrictions: string[]) {
    const hub = hubWith(judge);
    const runes = Array.from({ length: COUNT }, (_, i) => rune(i, ...restrictions));
    const listeners = await Promise.all(runes.map((text) => admit(hub, text)));
    return { hub, runes, listeners };
  }

  test('are judged again with few questions at once, and callers over REST find room', async () => {
    const judge = new FakeJudge();
    const { runes, listeners } = await subscribed(judge);
    expect(judge.mostInFlight).toBeLessThanOrEqual(QUESTIONS.admissions);
    judge.capacity = ALL_QUESTIONS + 10;
    judge.answerMs = 5;
    for (const text of runes.slice(0, 10)) judge.takenBack.add(text);
    judge.mostInFlight = 0;
    const before = judge.asked;
    let refusedCalls = 0;
    for (let second = 0; second < RECHECK_MS / 1_000; second++) {
      await pass(1_000);
      const calls = Array.from({ length: 10 }, () =>
        judge.judge('rest', { method: 'x', params: '{}' }),
      );
      for (const call of calls) call.catch(() => refusedCalls++);
    }
    expect(refusedCalls).toBe(0);
    expect(judge.mostInFlight).toBeLessThanOrEqual(QUESTIONS.rechecks + 10);
    expect(judge.asked - before).toBeGreaterThanOrEqual(COUNT);
    expect(listeners.filter(({ ended }) => ended !== undefined)).toHaveLength(10);
    for (const { ended } of listeners.slice(0, 10)) expect(ended).toBe(BLACKLISTED);
  });

  test('are judged again at different times, though they came at once', async () => {
    const judge = new FakeJudge();
    await subscribed(judge);
    const counts: number[] = [];
    for (let minute = 0; minute < 12; minute++) {
      const before = judge.asked;
      await pass(RECHECK_MS / 12);
      counts.push(judge.asked - before);
    }
    expect(Math.max(...counts)).toBeLessThan(COUNT / 3);
  });

  test('that narrow their topics all hear a new one, with few questions at once', async () => {
    const judge = new FakeJudge();
    const { hub, listeners } = await subscribed(judge, ...NARROWED);
    judge.capacity = QUESTIONS.verdicts + 10;
    judge.mostInFlight = 0;
    for (const topic of ['a', 'b', 'never', 'c']) hub.publish(topic, '{}');
    await pass(1);
    expect(judge.mostInFlight).toBeLessThanOrEqual(QUESTIONS.verdicts);
    for (const { heard } of listeners) expect(heard).toEqual(['1 a', '2 b', '4 c']);
  });
});

describe.each<OwnErrorName>(['busy', 'node_away', 'node_broke_off', 'node_silent'])(
  'a node that says nothing (%s)',
  (failure) => {
    test('ends nobody, and what waited comes in order when it answers', async () => {
      const judge = new FakeJudge();
      const hub = hubWith(judge);
      const narrowed = await admit(hub, rune(1, ...NARROWED));
      const free = await admit(hub, rune(2));
      judge.failure = failure;
      for (const topic of ['a', 'b']) hub.publish(topic, '{}');
      await pass(10);
      hub.publish('c', '{}');
      await pass(10_000);
      // Nothing need be asked about the second.
      expect([narrowed.heard, free.heard]).toEqual([[], ['1 a', '2 b', '3 c']]);
      // A client that comes back must get what waits.
      expect([hub.deliveredTo(narrowed), hub.deliveredTo(free)]).toEqual([0, 3]);
      judge.failure = undefined;
      await pass(2_000);
      expect(narrowed.heard).toEqual(['1 a', '2 b', '3 c']);
      expect(hub.deliveredTo(narrowed)).toBe(3);
      expect([narrowed.ended, free.ended]).toEqual([undefined, undefined]);
    });

    test('for longer than a judgement counts: what comes waits for the next one', async () => {
      const judge = new FakeJudge();
      const hub = hubWith(judge);
      const good = await admit(hub, rune(1));
      const bad = await admit(hub, rune(2));
      judge.failure = failure;
      judge.takenBack.add(bad.hearing.rune);
      await pass(2 * RECHECK_MS);
      hub.publish('a', '{}');
      await pass(2 * RECHECK_MS);
      hub.publish('b', '{}');
      await pass(10);
      expect([good.heard, bad.heard]).toEqual([[], []]);
      expect([good.ended, bad.ended]).toEqual([undefined, undefined]);
      judge.failure = undefined;
      await pass(2_000);
      expect([good.heard, bad.heard]).toEqual([['1 a', '2 b'], []]);
      expect([good.ended, bad.ended]).toEqual([undefined, BLACKLISTED]);
    });

    test('until more waits than may: it ends with that, and others go on', async () => {
      const judge = new FakeJudge();
      const hub = hubWith(judge, { waitingBytes: 2_300 });
      const narrowed = await admit(hub, rune(1, ...NARROWED));
      const free = await admit(hub, rune(2));
      judge.failure = failure;
      for (let i = 0; i < 10; i++) {
        hub.publish('b', `"${'x'.repeat(98)}"`);
        await pass(1);
      }
      expect(narrowed.ended).toBeUndefined();
      hub.publish('b', '{}');
      await pass(1);
      expect(narrowed.ended).toMatchObject({ kind: failure });
      expect([narrowed.heard, free.heard.length, free.ended]).toEqual([[], 11, undefined]);
    });

    test('is asked one question at a time, and not more often than each second', async () => {
      const judge = new FakeJudge();
      const hub = hubWith(judge);
      const listeners = await Promise.all(
        Array.from({ length: 300 }, (_, i) => admit(hub, rune(i, ...NARROWED))),
      );
      judge.failure = failure;
      hub.publish('b', '{}');
      await pass(100);
      const before = judge.asked;
      await pass(20_000);
      expect(judge.asked - before).toBeLessThanOrEqual(20);
      judge.failure = undefined;
      await pass(2_000);
      for (const { heard } of listeners) expect(heard).toEqual(['1 b']);
    });
  },
);

test('one rune of which the node says nothing does not delay the others', async () => {
  const judge = new FakeJudge();
  const hub = hubWith(judge);
  const slow = await admit(hub, rune(1, ...NARROWED));
  const quick = await Promise.all([2, 3, 4].map((id) => admit(hub, rune(id, ...NARROWED))));
  judge.unanswered.add(slow.hearing.rune);
  for (const topic of ['a', 'b']) hub.publish(topic, '{}');
  await pass(1);
  for (const { heard } of quick) expect(heard).toEqual(['1 a', '2 b']);
  expect(slow.heard).toEqual([]);
  await pass(3 * RECHECK_MS);
  hub.publish('c', '{}');
  await pass(1);
  for (const { heard } of quick) expect(heard).toEqual(['1 a', '2 b', '3 c']);
  judge.unanswered.clear();
  await pass(RECHECK_MS);
  expect(slow.heard).toEqual(['1 a', '2 b', '3 c']);
  expect(slow.ended).toBeUndefined();
});

test('a recheck that takes longer than the time between them is not begun twice', async () => {
  const judge = new FakeJudge();
  const hub = hubWith(judge);
  const listener = await admit(hub, rune(1));
  const before = judge.asked;
  judge.answerMs = 10 * RECHECK_MS;
  await pass(5 * RECHECK_MS);
  expect(judge.asked - before).toBe(1);
  expect(listener.ended).toBeUndefined();
});

test('who joins while others of its rune wait gets each message once', async () => {
  const judge = new FakeJudge();
  const hub = hubWith(judge);
  const text = rune(1, ...NARROWED);
  const first = await admit(hub, text, new Set(['a', 'b', 'c']));
  judge.answerMs = 1_000;
  for (const topic of ['b', 'a']) hub.publish(topic, '{}');
  await pass(1);
  const hearing = await Promise.all([hub.admit(text, 'all'), pass(1_000)]).then(([got]) => got);
  if (hearing instanceof Refusal) throw hearing;
  judge.unanswered.add(text);
  hub.publish('c', '{}');
  await pass(1);
  const second = new TestListener(hearing, new Set(['a']));
  const missed = await hub.listen(second, 0);
  expect(missed.messages.map(({ topic }) => topic)).toEqual(['a']);
  judge.unanswered.clear();
  judge.answerMs = 0;
  hub.publish('a', '{}');
  await pass(2 * 30_000);
  expect(first.heard).toEqual(['1 b', '2 a', '3 c', '4 a']);
  expect(second.heard).toEqual(['4 a']);
});

test('at the end the node has a moment to answer what the last messages wait for', async () => {
  const judge = new FakeJudge();
  const hub = hubWith(judge);
  const prompt = await admit(hub, rune(1, ...NARROWED));
  const stuck = await admit(hub, rune(2, ...NARROWED));
  judge.unanswered.add(stuck.hearing.rune);
  judge.answerMs = 10;
  hub.publish('b', '{}');
  await Promise.all([hub.close(Refusal.of('stopping')), pass(1_000)]);
  expect([prompt.heard, stuck.heard]).toEqual([['1 b'], []]);
  for (const { ended } of [prompt, stuck]) expect(ended).toMatchObject({ kind: 'stopping' });
});

test('what is held goes out at once when it is as much as the history holds', async () => {
  const hub = hubWith(new FakeJudge(), { holdMs: 3_600_000, historyMessages: 5 });
  const listener = await admit(hub, rune(1));
  for (let i = 0; i < 12; i++) hub.publish('t', '{}');
  expect(listener.heard).toHaveLength(10);
  hub.publish('t', `"${'x'.repeat(100_000)}"`);
  expect(listener.heard).toHaveLength(13);
});
