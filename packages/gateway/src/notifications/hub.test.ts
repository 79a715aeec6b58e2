import { Master, Restriction, runeRefusal, Rune } from '@clnrest/runes';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Refusal } from '../refusals.ts';
import type { RuneCheck } from '../node/checked-call.ts';
import type { Subscriber } from './subscriber.ts';
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

interface FakeNodeState {
  /** The method and parameters of each check. */
  readonly checked: string[];
  silent?: boolean;
  /** Whether all runes are blacklisted, or one topic of all runes. */
  blacklisted?: boolean | string;
  /** Whether the rate of all runes is used up. */
  tooSoon?: boolean;
  /** What a response waits for. */
  pause?: Promise<void>;
}

/** Checks runes as lightningd does, with switches for failures and revoked runes. */
function checkWith(state: FakeNodeState): RuneCheck {
  return async (text, { method, params }) => {
    state.checked.push(`${method} ${params}`);
    await state.pause;
    if (state.silent === true) throw Refusal.of('node_silent');
    const message = 'Not authorized: Blacklisted rune';
    const topic = `{"topic":${JSON.stringify(state.blacklisted)}}`;
    if (state.blacklisted === true || params === topic)
      return Refusal.ofNode('rune_refused', { code: 1503, message });
    if (state.tooSoon === true && method !== 'getinfo') {
      return Refusal.ofNode('rune_refused', { code: 1502, message: 'Not permitted: too soon' });
    }
    const call = { now: 0n, method, params };
    const refused = runeRefusal(master, Rune.fromBase64(text), call, { lastUsed: () => undefined });
    return refused && Refusal.ofNode('rune_refused', refused);
  };
}

function hubWith(state: FakeNodeState, changes: Partial<HubTools> = {}) {
  const hub = new NotificationHub({
    checkRune: checkWith(state),
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

class TestSubscriber implements Subscriber {
  readonly received: string[] = [];
  ended: Refusal | undefined;
  #changed: () => void = () => undefined;

  readonly permissions: Subscriber['permissions'];
  readonly topics: Topics;

  constructor(permissions: Subscriber['permissions'], topics: Topics = 'all') {
    this.permissions = permissions;
    this.topics = topics;
  }

  deliver(messages: readonly Message[]): void {
    this.received.push(...messages.map(({ topic, sequence }) => `${sequence} ${topic}`));
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

async function subscribe(hub: NotificationHub, text: string, topics: Topics = 'all') {
  const permissions = await hub.authorize(text, topics);
  if (permissions instanceof Refusal) throw permissions;
  const subscriber = new TestSubscriber(permissions, topics);
  await hub.subscribe(subscriber);
  return subscriber;
}

test('each subscriber receives each notification once, in order', async () => {
  const hub = hubWith({ checked: [] });
  const subscribers = await Promise.all(
    [1, 2, 3].map(() => subscribe(hub, rune('method=getinfo'))),
  );
  for (let i = 0; i < 500; i++) {
    hub.publish(`topic${i % 3}`, '{}');
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const subscriber of subscribers) {
    await subscriber.until(() => subscriber.received.length === 500);
    expect(subscriber.received).toEqual(
      Array.from({ length: 500 }, (_, i) => `${i + 1} topic${i % 3}`),
    );
  }
});

describe('a rune', () => {
  test.each([
    [['method=invoice'], 1502],
    [['time<0'], 1502],
    [['method=getinfo', 'pnametopic=nothing', 'pnametopic=other'], 1502],
  ])('%j does not permit a subscription', async (restrictions, code) => {
    const hub = hubWith({ checked: [] });
    expect(await hub.authorize(rune(...restrictions), 'all')).toMatchObject({ code });
  });

  test('with topics permits only those, whatever its subscriber chose', async () => {
    const hub = hubWith({ checked: [] });
    const narrowed = rune('method=getinfo', 'pnametopic=invoice_payment|pnametopic=mine');
    const all = await subscribe(hub, narrowed);
    const one = await subscribe(hub, narrowed, readTopics('mine,block_added'));
    const free = await subscribe(hub, rune('method=getinfo'));
    for (const topic of ['block_added', 'mine', 'invoice_payment', 'mine', 'other'])
      hub.publish(topic, '{}');
    await free.until(() => free.received.length === 5);
    await all.until(() => all.received.length === 3);
    await one.until(() => one.received.length === 2);
    expect(all.received).toEqual(['2 mine', '3 invoice_payment', '4 mine']);
    expect(one.received).toEqual(['2 mine', '4 mine']);
  });

  test('without topics is checked once, not for each topic', async () => {
    const state = { checked: [] as string[] };
    const hub = hubWith(state);
    const subscriber = await subscribe(hub, rune('method=getinfo'));
    for (let i = 0; i < 50; i++) hub.publish(`topic${i}`, '{}');
    await subscriber.until(() => subscriber.received.length === 50);
    expect(state.checked).toEqual(['getinfo {}']);
  });

  test('that is blacklisted ends the subscriptions with the reason', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const state: FakeNodeState = { checked: [] };
    const hub = hubWith(state);
    const all = await subscribe(hub, rune('method=getinfo'));
    const narrowed = await subscribe(hub, rune('method=getinfo', 'pnametopic=mine'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([all.ended, narrowed.ended]).toEqual([undefined, undefined]);
    state.blacklisted = true;
    await vi.advanceTimersByTimeAsync(60_000);
    for (const { ended } of [all, narrowed]) expect(ended).toMatchObject({ code: 1503 });
    hub.publish('mine', '{}');
    await vi.advanceTimersByTimeAsync(10);
    expect([...all.received, ...narrowed.received]).toEqual([]);
  });

  test.each([
    ['', []],
    [' and one topic', ['pnametopic=mine']],
  ])('with a used-up rate%s stays subscribed until it expires', async (_, more) => {
    vi.useFakeTimers({ now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    const state: FakeNodeState = { checked: [] };
    const hub = hubWith(state);
    const method = 'method=listclnrest-notifications';
    const subscriber = await subscribe(hub, rune(method, 'per=1day', 'time<100', ...more));
    state.tooSoon = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(subscriber.ended).toBeUndefined();
    hub.publish('mine', '{}');
    await vi.advanceTimersByTimeAsync(1);
    expect(subscriber.received).toEqual(['1 mine']);
    // The rune expires after 100 seconds, and its subscription ends within 60 seconds.
    await vi.advanceTimersByTimeAsync(100_000);
    expect(subscriber.ended).toMatchObject({ code: 1502 });
  });

  test('that loses one of two topics receives only the other, in every subscription', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const state: FakeNodeState = { checked: [] };
    const hub = hubWith(state);
    const narrowed = rune('method=getinfo', 'pnametopic=a|pnametopic=b');
    const subscribers = await Promise.all(
      ['a', 'b', 'b,a'].map((topics) => subscribe(hub, narrowed, readTopics(topics))),
    );
    const publishBoth = async () => {
      for (const topic of ['a', 'b']) hub.publish(topic, '{}');
      await vi.advanceTimersByTimeAsync(1);
    };
    await publishBoth();
    state.blacklisted = 'b';
    await vi.advanceTimersByTimeAsync(60_000);
    await publishBoth();
    expect(subscribers.map(({ received }) => received)).toEqual([
      ['1 a', '3 a'],
      ['2 b'],
      ['1 a', '2 b', '3 a'],
    ]);
  });

  test('that reconnects during a check of another rune misses nothing', async () => {
    const state: FakeNodeState = { checked: [] };
    const hub = hubWith(state);
    const first = await subscribe(hub, rune('method=getinfo', 'pnametopic=first|pnametopic=new'));
    const permissions = await hub.authorize(
      rune('method=getinfo', 'pnametopic=other|pnametopic=new'),
      'all',
    );
    if (permissions instanceof Refusal) throw permissions;
    const back = new TestSubscriber(permissions);
    let answer: () => void = () => undefined;
    state.pause = new Promise((resolve) => (answer = resolve));
    state.checked.length = 0;
    hub.publish('new', '{}');
    while (state.checked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const subscription = hub.subscribe(back, 0);
    answer();
    const missed = await subscription;
    await first.until(() => first.received.length === 1);
    expect(missed.messages).toEqual([{ sequence: 1, topic: 'new', text: '{}' }]);
    expect([first.received, back.received]).toEqual([['1 new'], []]);
  });

  test('is checked again as a recheck, which is not a use', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const rechecks: (true | undefined)[] = [];
    const check = checkWith({ checked: [] });
    const hub = hubWith(
      { checked: [] },
      {
        checkRune: (text, call) => {
          rechecks.push(call.isRecheck);
          return check(text, call);
        },
      },
    );
    await subscribe(hub, rune('method=getinfo'));
    expect(rechecks).toEqual([undefined]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rechecks.slice(0, 2)).toEqual([undefined, true]);
  });

  test('that cannot be checked is rejected', async () => {
    const hub = hubWith({ checked: [], silent: true });
    await expect(hub.authorize(rune('method=getinfo'), 'all')).rejects.toThrow(Refusal);
  });
});

test('collected messages are sent together, and before the hub closes', async () => {
  const hub = hubWith({ checked: [] }, { holdMs: 3_600_000 });
  const subscriber = await subscribe(hub, rune('method=getinfo'));
  hub.publish('a', '{}');
  hub.publish('b', '{}');
  const late = await subscribe(hub, rune('method=getinfo'));
  hub.publish('c', '{}');
  expect(subscriber.received).toEqual([]);
  await hub.close(Refusal.of('stopping'));
  expect(subscriber.received).toEqual(['1 a', '2 b', '3 c']);
  // A new subscriber does not receive older messages.
  expect(late.received).toEqual(['3 c']);
  expect(subscriber.ended).toMatchObject({ kind: 'stopping' });
});

test('a subscriber that reconnects receives missed messages, and whether some are gone', async () => {
  const hub = hubWith({ checked: [] }, { historyMessages: 5 });
  const first = await subscribe(hub, rune('method=getinfo'));
  for (let i = 0; i < 8; i++) hub.publish('t', '{}');
  await first.until(() => first.received.length === 8);
  const back = async (after: number) => {
    const missed = await hub.subscribe(new TestSubscriber(first.permissions), after);
    return [missed.isComplete, ...missed.messages.map(({ sequence }) => sequence)];
  };
  expect(await back(8)).toEqual([true]);
  expect(await back(5)).toEqual([true, 6, 7, 8]);
  expect(await back(3)).toEqual([true, 4, 5, 6, 7, 8]);
  // With an unknown or evicted number, the whole history is delivered.
  for (const sequence of [2, 99, -1]) {
    expect(await back(sequence)).toEqual([false, 4, 5, 6, 7, 8]);
  }
});

test('the history is limited in messages and bytes', () => {
  const history = new History(10, 600);
  for (let i = 1; i <= 1000; i++) history.add({ sequence: i, topic: 't', text: 'x'.repeat(30) });
  const numbers = [998, 999, 1000];
  for (const [after, isComplete] of [
    [997, true],
    [996, false],
  ] as const) {
    const missed = history.after(after);
    expect(missed.isComplete).toBe(isComplete);
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
])('topics %j', (value, expected) => {
  const topics = readTopics(value);
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
