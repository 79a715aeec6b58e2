import { once } from 'node:events';
import { get, type IncomingMessage, request as httpRequest } from 'node:http';
import { readMembers } from '@clnrest/lightningd';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { type FakeCall, FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { testGateway, type TestOptions } from '../testing/gateway.ts';
import { notification } from '../testing/notification.ts';
import { CONCURRENT_CHECKS } from './hub.ts';

/** Sends notifications immediately. The tests of the hub cover the collecting. */
const startGateway = (options: TestOptions = {}) => testGateway({ ...options, holdMs: 0 });

type Headers = Readonly<Record<string, string>>;

function open(url: string, headers: Headers = {}, query = ''): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { headers: { rune: RUNE, ...headers }, agent: false };
    const request = get(`${url}/v1/notifications${query}`, options, resolve);
    request.on('error', reject);
    onTestFinished(() => void request.destroy());
  });
}

/** Reads the first blocks, or all blocks if the stream ends before. */
async function blocks(answer: IncomingMessage, count: number): Promise<string[]> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.split('\n\n').length > count) break;
  }
  return text.split('\n\n').slice(0, count);
}

const eventOf = (block: string): string => /^event: (.*)$/m.exec(block)?.[1] ?? '';

describe('an event', () => {
  test('has a name, an id and every digit, and can contain line ends', async () => {
    const gateway = await startGateway();
    const answer = await open(gateway.url);
    expect(answer.headers['content-type']).toBe('text/event-stream');
    gateway.notify(notification('t', '{"t":\r\n18446744073709551615\n,\r"a":1}'));
    const [hello, event] = await blocks(answer, 2);
    expect(hello).toMatch(/^retry: \d{4}\nid: [0-9a-f]{8}-0\n: listening$/);
    expect(event).toMatch(
      /^id: [0-9a-f]{8}-1\nevent: t\ndata: \{"t":\ndata: 18446744073709551615\ndata: ,\ndata: "a":1\}$/,
    );
  });

  test('follows a delay for reconnecting that differs between connections', async () => {
    const gateway = await startGateway();
    const heads = await Promise.all(
      Array.from({ length: 8 }, async () => blocks(await open(gateway.url), 1)),
    );
    const delays = heads.map(([head = '']) => Number(/^retry: (\d+)\n/.exec(head)?.[1]));
    expect(new Set(delays).size).toBeGreaterThan(1);
    for (const delay of delays) {
      expect(delay).toBeGreaterThanOrEqual(2_000);
      expect(delay).toBeLessThanOrEqual(4_000);
    }
  });

  test('is sent if the query includes its topic, and `closed` is the last one', async () => {
    const gateway = await startGateway();
    const answer = await open(gateway.url, {}, '?topics=mine&topics=other');
    for (const topic of ['a', 'mine', 'b']) gateway.notify(notification(topic));
    const received = blocks(answer, 3);
    await gateway.close();
    const [, mine, closed] = await received;
    expect(mine).toMatch(/event: mine\n/);
    expect(closed).toMatch(/^event: closed\ndata: \{"code":-32001,/);
  });

  test('is sent if the rune permits its topic', async () => {
    const node = await FakeNode.start({
      checkrune: (call) => {
        if (readMembers(call.params).get('params') === '{"topic":"mine"}')
          call.result('{"valid":true}');
        else call.error(1502, 'Not permitted: parameter topic is not equal to mine');
      },
    });
    const gateway = await startGateway({ node });
    // The restrictions `=0` and `pnametopic=mine`, after a hash of zeros.
    const rune = Buffer.concat([Buffer.alloc(32), Buffer.from('=0&pnametopic=mine')]);
    const answer = await open(gateway.url, { rune: rune.toString('base64url') });
    for (const topic of ['a', 'mine', 'b', 'mine']) gateway.notify(notification(topic));
    expect((await blocks(answer, 3)).map(eventOf)).toEqual(['', 'mine', 'mine']);
  });

  test('can be late: the stream sends heartbeats', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = await startGateway();
    const answer = await open(gateway.url);
    const received = blocks(answer, 3);
    vi.advanceTimersByTime(30_000);
    const beat = expect.stringMatching(/^:\nid: [0-9a-f]{8}-0$/) as string;
    expect(await received).toEqual([expect.stringContaining('listening'), beat, beat]);
  });
});

describe('a client that reconnects', () => {
  test('receives missed events', async () => {
    const gateway = await startGateway();
    const first = await open(gateway.url);
    for (const topic of ['a', 'b', 'c']) gateway.notify(notification(topic));
    const [, a = ''] = await blocks(first, 4);
    const id = /^id: (.*)$/m.exec(a)?.[1] ?? '';
    const back = await blocks(await open(gateway.url, { 'last-event-id': id }), 3);
    expect(back.map(eventOf)).toEqual(['', 'b', 'c']);
  });

  test('receives missed events even if it had received none before', async () => {
    const gateway = await startGateway();
    const [hello = ''] = await blocks(await open(gateway.url), 1);
    const id = /^id: (.*)$/m.exec(hello)?.[1] ?? '';
    gateway.notify(notification('a'));
    const back = await blocks(await open(gateway.url, { 'last-event-id': id }), 2);
    expect(back.map(eventOf)).toEqual(['', 'a']);
  });

  test('receives no further missed events after its rune is blacklisted', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const message = 'Not authorized: Blacklisted rune';
    let isGood = true;
    const node = await FakeNode.start({
      checkrune: (call) => (isGood ? call.result('{"valid":true}') : call.error(1503, message)),
    });
    const gateway = await startGateway({ node });
    for (let i = 0; i < 700; i++)
      gateway.notify(notification('t', `{"t":"${'x'.repeat(10_000)}"}`));
    const back = await open(gateway.url, { 'last-event-id': 'x' });
    isGood = false;
    vi.advanceTimersByTime(60_000);
    // The node handles checks in order, so the recheck is complete after this request.
    expect(
      (await ask(`${gateway.url}/v1/x`, { method: 'POST', headers: { rune: RUNE } })).status,
    ).toBe(401);
    const received = (await blocks(back, 10_000)).filter((block) => block !== '');
    expect(received.length).toBeLessThan(600);
    expect(received.at(-1)).toMatch(/^event: closed\ndata: \{"code":1503,/);
  });

  test('receives `missed` if some events are gone, and the remaining ones', async () => {
    const gateway = await startGateway({ limits: { historyMessages: 2 } });
    const first = await open(gateway.url);
    for (const topic of ['a', 'b', 'c', 'd']) gateway.notify(notification(topic));
    const [, a = ''] = await blocks(first, 5);
    const id = /^id: (.*)$/m.exec(a)?.[1] ?? '';
    for (const old of [id, 'garbage', '00000000-1', id.replace(/-1$/, '-99')]) {
      const back = await blocks(await open(gateway.url, { 'last-event-id': old }), 5);
      expect(back.map(eventOf)).toEqual(['', 'missed', '', 'c', 'd']);
      expect(back[2]).toBe(id.replace(/^(.*)-1$/, 'id: $1-2'));
    }
  });

  test('receives many missed events as fast as it reads, and new ones after them', async () => {
    const gateway = await startGateway({ limits: { subscriberBytes: 100_000 } });
    const first = await open(gateway.url);
    gateway.notify(notification('t'));
    const [, one = ''] = await blocks(first, 2);
    const id = /^id: (.*)$/m.exec(one)?.[1] ?? '';
    first.destroy();
    const filler = 'x'.repeat(10_000);
    const count = 700;
    for (let i = 0; i < count; i++)
      gateway.notify(notification('t', `{"t":${i},"filler":"${filler}"}`));
    const back = await open(gateway.url, { 'last-event-id': id });
    gateway.notify(notification('last'));
    const received = (await blocks(back, count + 2)).slice(1);
    const numbers = received.map((block) => Number(/"t":(\d+)/.exec(block)?.[1]));
    expect(numbers).toEqual([...Array.from({ length: count }, (_, i) => i), Number.NaN]);
    expect(eventOf(received.at(-1) ?? '')).toBe('last');
    expect(gateway.log).toEqual([]);
  });

  test('is disconnected if it does not read', async () => {
    const gateway = await startGateway({ limits: { stalledReaderMs: 50 } });
    for (let i = 0; i < 700; i++)
      gateway.notify(notification('t', `{"t":"${'x'.repeat(10_000)}"}`));
    const back = await open(gateway.url, { 'last-event-id': 'x' });
    expect(await gateway.logged(0)).toMatch(/GET \/v1\/notifications: 503 slow_subscriber/);
    await new Promise((resolve) => back.on('error', resolve).resume());
    expect(back.complete).toBe(false);
  });
});

test('a client that does not read is disconnected, and others are not affected', async () => {
  const gateway = await startGateway({ limits: { subscriberBytes: 200_000 } });
  await open(gateway.url);
  const reading = await open(gateway.url);
  const text = `{"t":"${'x'.repeat(50_000)}"}`;
  await blocks(reading, 1);
  for (let i = 0; i < 400 && gateway.log.length === 0; i++) {
    gateway.notify(notification('t', text));
    await blocks(reading, 1);
  }
  expect(gateway.log).toEqual([expect.stringMatching(/503 slow_subscriber/)]);
  expect(reading.destroyed).toBe(false);
});

describe('a request is refused with the error envelope', () => {
  const url = async (options: TestOptions = {}) =>
    `${(await startGateway(options)).url}/v1/notifications`;

  test('without a rune', async () => {
    const answer = await ask(await url());
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ code: 1501, message: 'Not authorized: Missing rune' });
  });

  test('with a rune that does not permit it', async () => {
    const message = 'Not permitted: method is not equal to invoice';
    const node = await FakeNode.start({ checkrune: (call) => call.error(1502, message) });
    const answer = await ask(await url({ node }), { headers: { rune: RUNE } });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code: 1502, message });
  });

  test.each([
    ['another media type is requested', '', { accept: 'application/json' }, 406],
    ['a topic is invalid', '?topics=a%20b', {}, 400],
  ])('if %s', async (_, query, headers, status) => {
    const answer = await ask((await url()) + query, { headers: { rune: RUNE, ...headers } });
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code: expect.any(Number) as number });
  });

  test('if there are too many subscribers, until one disconnects', async () => {
    const gateway = await startGateway({ limits: { subscribers: 1 } });
    const first = await open(gateway.url);
    const path = `${gateway.url}/v1/notifications`;
    const answer = await ask(path, { headers: { rune: RUNE } });
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({
      code: -32001,
      message: expect.stringMatching(/subscribers/) as string,
    });
    first.destroy();
    await vi.waitUntil(async () => (await open(gateway.url)).statusCode === 200);
  });
});

test('pending rechecks leave room for calls, and end no subscription', async () => {
  const held: FakeCall[] = [];
  let isSilent = false;
  const node = await FakeNode.start({
    checkrune: (call) => {
      if (isSilent && !call.params.includes(RUNE)) held.push(call);
      else call.result('{"valid":true}');
    },
    getinfo: (call) => call.result('{}'),
  });
  const gateway = await startGateway({ node, settings: { runeRecheck: 1 } });
  const runes = Array.from({ length: 50 }, (_, i) =>
    Buffer.concat([Buffer.alloc(32), Buffer.from(`=${i}`)]).toString('base64url'),
  );
  const answers = await Promise.all(runes.map((rune) => open(gateway.url, { rune })));
  isSilent = true;
  await vi.waitUntil(() => held.length === CONCURRENT_CHECKS.rechecks, { timeout: 10_000 });
  const called = await ask(`${gateway.url}/v1/getinfo`, {
    method: 'POST',
    headers: { rune: RUNE },
  });
  expect(called.status).toBe(201);
  gateway.notify(notification('late'));
  expect(held).toHaveLength(CONCURRENT_CHECKS.rechecks);
  isSilent = false;
  for (const call of held) call.result('{"valid":true}');
  for (const answer of answers) {
    const events = await blocks(answer, 2);
    expect(events.map(eventOf)).toEqual(['', 'late']);
  }
});

test('HEAD returns the head, and does not subscribe', async () => {
  const gateway = await startGateway({ limits: { subscribers: 0 } });
  const request = httpRequest(`${gateway.url}/v1/notifications`, {
    method: 'HEAD',
    headers: { rune: RUNE },
  }).end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/event-stream');
  answer.resume();
  await once(answer, 'end');
});
