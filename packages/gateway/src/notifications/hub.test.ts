import { Master, Restriction, runeRefusal, Rune } from '@clnrest/runes';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Refusal } from '../errors.ts';
import type { RuneCheck } from '../node/rune-question.ts';
import type { Listener } from './audience.ts';
import { type HubTools, NotificationHub } from './hub.ts';
import { History } from './history.ts';
import type { Message } from './message.ts';
import { payloadOf } from './message.ts';
import { readTopics, type Topics } from './topics.ts';

const master = new Master(new Uint8Array(32).fill(7));
const rune = (...restrictions: string[]): string =>
  master
    .create(
      '0',
      restrictions.map((text) => Restriction.parse(text)),
    )
    .toBase64();

interface JudgeState {
  readonly asked: string[];
  silent?: boolean;
  /** All runes, or this topic for all of them. */
  takenBack?: boolean | string;
  /** A rate is used up. */
  tooSoon?: boolean;
  /** What an answer waits for. */
  pause?: Promise<void>;
}

/** A judge as a node would be, with a switch to take runes back. */
function judgeOf(state: JudgeState): RuneCheck {
  return async (text, { method, params }) => {
    state.asked.push(`${method} ${params}`);
    await state.pause;
    if (state.silent === true) throw Refusal.of('node_silent');
    const message = 'Not authorized: Blacklisted rune';
    const topic = `{"topic":${JSON.stringify(state.takenBack)}}`;
    if (state.takenBack === true || params === topic)
      return Refusal.ofNode('rune_refused', { code: 1503, message });
    if (state.tooSoon === true && method !== 'getinfo') {
      return Refusal.ofNode('rune_refused', { code: 1502, message: 'Not permitted: too soon' });
    }
    const call = { now: 0n, method, params };
    const refused = runeRefusal(master, Rune.fromBase64(text), call, { lastUsed: () => undefined });
    return refused && Refusal.ofNode('rune_refused', refused);
  };
}

function hubWith(state: JudgeState, changes: Partial<HubTools> = {}) {
  const hub = new NotificationHub({
    checkRune: judgeOf(state),
    methods: ['getinfo', 'listclnrest-notifications'],
    holdMs: 0,
    recheckMs: 60_000,
    historyMessages: 100,
    historyBytes: 10_000,
    waitingBytes: 10_000,
    fault: (error) => {
      throw error;
    },
    ...changes,
  });
  onTestFinished(() => hub.close(Refusal.of('stopping')));
  return hub;
}

class TestListener implements Listener {
  readonly heard: string[] = [];
  ended: Refusal | undefined;
  #changed: () => void = () => undefined;

  readonly hearing: Listener['hearing'];
  readonly topics: Topics;

  constructor(hearing: Listener['hearing'], topics: Topics = 'all') {
    this.hearing = hearing;
    this.topics = topics;
  }

  deliver(messages: readonly Message[]): void {
    this.heard.push(...messages.map(({ topic, sequence }) => `${sequence} ${topic}`));
    this.#changed();
  }

  end(reason: Refusal): void {
    this.ended = reason;
    this.#changed();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}

async function admit(hub: NotificationHub, text: string, topics: Topics = 'all') {
  const hearing = await hub.admit(text, topics);
  if (hearing instanceof Refusal) throw hearing;
  const listener = new TestListener(hearing, topics);
  await hub.listen(listener);
  return listener;
}

test('all that happens is heard once, in order, by all', async () => {
  const hub = hubWith({ asked: [] });
  const listeners = await Promise.all([1, 2, 3].map(() => admit(hub, rune('method=getinfo'))));
  for (let i = 0; i < 500; i++) {
    hub.publish(`topic${i % 3}`, '{}');
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const listener of listeners) {
    await listener.until(() => listener.heard.length === 500);
    expect(listener.heard).toEqual(Array.from({ length: 500 }, (_, i) => `${i + 1} topic${i % 3}`));
  }
});

describe('a rune', () => {
  test.each([
    [['method=invoice'], 1502],
    [['time<0'], 1502],
    [['method=getinfo', 'pnametopic=nothing', 'pnametopic=other'], 1502],
  ])('%j may not listen', async (restrictions, code) => {
    const hub = hubWith({ asked: [] });
    expect(await hub.admit(rune(...restrictions), 'all')).toMatchObject({ code });
  });

  test('that names topics hears those, whatever its listener chose', async () => {
    const hub = hubWith({ asked: [] });
    const narrowed = rune('method=getinfo', 'pnametopic=invoice_payment|pnametopic=mine');
    const all = await admit(hub, narrowed);
    const one = await admit(hub, narrowed, readTopics('mine,block_added'));
    const free = await admit(hub, rune('method=getinfo'));
    for (const topic of ['block_added', 'mine', 'invoice_payment', 'mine', 'other'])
      hub.publish(topic, '{}');
    await free.until(() => free.heard.length === 5);
    await all.until(() => all.heard.length === 3);
    await one.until(() => one.heard.length === 2);
    expect(all.heard).toEqual(['2 mine', '3 invoice_payment', '4 mine']);
    expect(one.heard).toEqual(['2 mine', '4 mine']);
  });

  test('that says nothing of topics is asked about once, not for each of them', async () => {
    const state = { asked: [] as string[] };
    const hub = hubWith(state);
    const listener = await admit(hub, rune('method=getinfo'));
    for (let i = 0; i < 50; i++) hub.publish(`topic${i}`, '{}');
    await listener.until(() => listener.heard.length === 50);
    expect(state.asked).toEqual(['getinfo {}']);
  });

  test('that is taken back hears no more, and why', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const state: JudgeState = { asked: [] };
    const hub = hubWith(state);
    const all = await admit(hub, rune('method=getinfo'));
    const narrowed = await admit(hub, rune('method=getinfo', 'pnametopic=mine'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([all.ended, narrowed.ended]).toEqual([undefined, undefined]);
    state.takenBack = true;
    await vi.advanceTimersByTimeAsync(60_000);
    for (const { ended } of [all, narrowed]) expect(ended).toMatchObject({ code: 1503 });
    hub.publish('mine', '{}');
    await vi.advanceTimersByTimeAsync(10);
    expect([...all.heard, ...narrowed.heard]).toEqual([]);
  });

  test.each([
    ['', []],
    [' of one topic', ['pnametopic=mine']],
  ])('that was used too often%s goes on until it expires', async (_, more) => {
    vi.useFakeTimers({ now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    const state: JudgeState = { asked: [] };
    const hub = hubWith(state);
    const method = 'method=listclnrest-notifications';
    const listener = await admit(hub, rune(method, 'per=1day', 'time<100', ...more));
    state.tooSoon = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listener.ended).toBeUndefined();
    hub.publish('mine', '{}');
    await vi.advanceTimersByTimeAsync(1);
    expect(listener.heard).toEqual(['1 mine']);
    // It expires at 100 seconds, and hears no more 60 seconds later.
    await vi.advanceTimersByTimeAsync(100_000);
    expect(listener.ended).toMatchObject({ code: 1502 });
  });

  test('that loses one topic of two does not hear it any more, however many came at once', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const state: JudgeState = { asked: [] };
    const hub = hubWith(state);
    const narrowed = rune('method=getinfo', 'pnametopic=a|pnametopic=b');
    const listeners = await Promise.all(
      ['a', 'b', 'b,a'].map((topics) => admit(hub, narrowed, readTopics(topics))),
    );
    const tell = async () => {
      for (const topic of ['a', 'b']) hub.publish(topic, '{}');
      await vi.advanceTimersByTimeAsync(1);
    };
    await tell();
    state.takenBack = 'b';
    await vi.advanceTimersByTimeAsync(60_000);
    await tell();
    expect(listeners.map(({ heard }) => heard)).toEqual([
      ['1 a', '3 a'],
      ['2 b'],
      ['1 a', '2 b', '3 a'],
    ]);
  });

  test('that comes back while the node is asked about another misses nothing', async () => {
    const state: JudgeState = { asked: [] };
    const hub = hubWith(state);
    const first = await admit(hub, rune('method=getinfo', 'pnametopic=first|pnametopic=new'));
    const hearing = await hub.admit(
      rune('method=getinfo', 'pnametopic=other|pnametopic=new'),
      'all',
    );
    if (hearing instanceof Refusal) throw hearing;
    const back = new TestListener(hearing);
    let answer: () => void = () => undefined;
    state.pause = new Promise((resolve) => (answer = resolve));
    state.asked.length = 0;
    hub.publish('new', '{}');
    while (state.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const listening = hub.listen(back, 0);
    answer();
    const missed = await listening;
    await first.until(() => first.heard.length === 1);
    expect(missed.messages).toEqual([{ sequence: 1, topic: 'new', text: '{}' }]);
    expect([first.heard, back.heard]).toEqual([['1 new'], []]);
  });

  test('that nobody can judge is not let in', async () => {
    const hub = hubWith({ asked: [], silent: true });
    await expect(hub.admit(rune('method=getinfo'), 'all')).rejects.toThrow(Refusal);
  });
});

test('what is held goes out together, and before the end', async () => {
  const hub = hubWith({ asked: [] }, { holdMs: 3_600_000 });
  const listener = await admit(hub, rune('method=getinfo'));
  hub.publish('a', '{}');
  hub.publish('b', '{}');
  const late = await admit(hub, rune('method=getinfo'));
  hub.publish('c', '{}');
  expect(listener.heard).toEqual([]);
  await hub.close(Refusal.of('stopping'));
  expect(listener.heard).toEqual(['1 a', '2 b', '3 c']);
  // What happened before somebody came is not theirs.
  expect(late.heard).toEqual(['3 c']);
  expect(listener.ended).toMatchObject({ kind: 'stopping' });
});

test('who comes back gets what it missed, or is told that some is gone', async () => {
  const hub = hubWith({ asked: [] }, { historyMessages: 5 });
  const first = await admit(hub, rune('method=getinfo'));
  for (let i = 0; i < 8; i++) hub.publish('t', '{}');
  await first.until(() => first.heard.length === 8);
  const back = async (after: number) => {
    const missed = await hub.listen(new TestListener(first.hearing), after);
    return [missed.isWhole, ...missed.messages.map(({ sequence }) => sequence)];
  };
  expect(await back(8)).toEqual([true]);
  expect(await back(5)).toEqual([true, 6, 7, 8]);
  expect(await back(3)).toEqual([true, 4, 5, 6, 7, 8]);
  // What is still there comes all the same.
  for (const sequence of [2, 99, -1]) {
    expect(await back(sequence)).toEqual([false, 4, 5, 6, 7, 8]);
  }
});

test('the history is bounded in number and size', () => {
  const history = new History(10, 600);
  for (let i = 1; i <= 1000; i++) history.add({ sequence: i, topic: 't', text: 'x'.repeat(30) });
  const numbers = [998, 999, 1000];
  for (const [after, isWhole] of [
    [997, true],
    [996, false],
  ] as const) {
    const missed = history.after(after);
    expect(missed.isWhole).toBe(isWhole);
    expect(missed.messages.map(({ sequence }) => sequence)).toEqual(numbers);
  }
});

test.each([
  [undefined, 'all'],
  ['', 'all'],
  ['*', 'all'],
  ['a, b', ['a', 'b']],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  ['a b', undefined],
  ['a,', undefined],
  [[], undefined],
  [[5], undefined],
  [{ a: 1 }, undefined],
  ['x'.repeat(65), undefined],
  [Array.from({ length: 101 }, (_, i) => `t${i}`), undefined],
])('topics %j', (asked, expected) => {
  const topics = readTopics(asked);
  expect(topics instanceof Set ? [...topics] : topics).toEqual(expected);
});

test.each([
  [undefined, '{"t":{"a":18446744073709551615}}', '{"t":{"a":18446744073709551615}}'],
  ['p.py', '{"foo": {"bar": 1}}', '{"foo": {"bar": 1},"origin":"p.py"}'],
  ['p.py', '{}', '{"origin":"p.py"}'],
  ['p.py', ' { } ', ' { "origin":"p.py"}'],
  ['p.py', '{"origin":"x","payload":1}', '{"origin":"x","payload":1}'],
  ['p"y', '[1,2]', '{"t":[1,2],"origin":"p\\"y"}'],
])('payload of %j %s', (origin, paramsText, payload) => {
  const made = payloadOf({ topic: 't', origin, paramsText, params: {}, payload: {} });
  expect(made).toBe(payload);
  JSON.parse(made);
});
