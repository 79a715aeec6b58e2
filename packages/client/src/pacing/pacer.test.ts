import { Master, MemoryStore, Restriction, RuneAuthority } from '@clnrest/runes';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { envelope } from '@clnrest/testing/serve';
import { ClnrestClient } from '../client.ts';
import { errorOf } from '../testing/error-of.ts';
import type { Transport, TransportAnswer } from '../transport/transport.ts';

const SECRET = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }),
);
afterEach(() => void vi.useRealTimers());

function answer(status: number, text: string): TransportAnswer {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  return { status, header: () => 'application/json', body: body() };
}

/** A node that checks runes like lightningd, by the test's clock, and records the requests. */
function node(...restrictions: string[]) {
  const authority = new RuneAuthority({
    secret: SECRET,
    store: new MemoryStore(),
    now: () => BigInt(Math.round(performance.now() * 1e6)) + 1_000_000_000n,
  });
  const made = authority.create(restrictions.map((text) => Restriction.parse(text)));
  const rune = made.toBase64();
  const received: number[] = [];
  const ran: number[] = [];
  const transport: Transport = {
    send: async ({ url, body }) => {
      received.push(performance.now());
      const method = url.pathname.replace('/v1/', '');
      const refusal = authority.refusalOrUse(made, { method, params: body });
      if (refusal !== undefined) return answer(401, envelope(refusal.code, refusal.message));
      ran.push(performance.now());
      return answer(201, '{}');
    },
    close: () => undefined,
  };
  const client = (pace = true) => new ClnrestClient({ url: 'http://node', rune, pace, transport });
  return { client, received, ran };
}

const since = (times: readonly number[]) => times.map((time) => time - (times[0] ?? 0));

describe('pacing', () => {
  test('is off by default', async () => {
    const { client, received } = node('rate=60');
    await client(false).call('getinfo');
    const error = await errorOf(client(false).call('getinfo'));
    expect(error).toMatchObject({ code: 'too_soon', status: 401, mayHaveRun: false });
    expect(received).toHaveLength(2);
  });

  test('spaces calls as the rune requires, in order, without a rejection', async () => {
    const { client, received, ran } = node('rate=60');
    const paced = client();
    const done: number[] = [];
    const calls = Array.from({ length: 5 }, async (_, index) => {
      await paced.call('getinfo');
      done.push(index);
    });
    await vi.runAllTimersAsync();
    await Promise.all(calls);
    expect(done).toEqual([0, 1, 2, 3, 4]);
    expect(received).toEqual(ran);
    for (const [index, time] of since(ran).entries()) {
      expect(time).toBeGreaterThanOrEqual(index * 1_000);
      expect(time).toBeLessThanOrEqual(index * 1_040);
    }
  });

  test('retries with backoff if another client has used the rune', async () => {
    const { client, received, ran } = node('per=1hour');
    await client().call('getinfo');
    const call = client().call('getinfo');
    await vi.runAllTimersAsync();
    await call;
    expect(ran).toHaveLength(2);
    expect(received.length).toBeLessThan(8);
    expect(since(ran)[1]).toBeGreaterThanOrEqual(3_600_000);
    expect(since(ran)[1]).toBeLessThan(3_600_000 * 2);
  });

  test('does not delay calls that the rune allows', async () => {
    const { client, received } = node('rate=1|method=getinfo');
    const paced = client();
    for (let i = 0; i < 5; i++) await paced.call('getinfo');
    expect(new Set(received).size).toBe(1);
  });

  test('ends with the signal and releases its place', async () => {
    const { client, ran } = node('per=1hour');
    const paced = client();
    await paced.call('getinfo');
    const leave = new AbortController();
    const left = errorOf(paced.call('getinfo', undefined, { signal: leave.signal }));
    await vi.advanceTimersByTimeAsync(60_000);
    leave.abort();
    expect(await left).toMatchObject({ code: 'cancelled', mayHaveRun: false });
    const next = paced.call('getinfo');
    await vi.runAllTimersAsync();
    await next;
    expect(since(ran)[1]).toBeLessThan(3_600_000 * 1.03);
  });

  test('ends with the timeout, whose cause is the rejection', async () => {
    const { client, received } = node('per=1day');
    await client().call('getinfo');
    const call = errorOf(client().call('getinfo', undefined, { timeoutMs: 60_000 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await call).toMatchObject({
      code: 'timed_out',
      mayHaveRun: false,
      cause: { code: 'too_soon' },
    });
    expect(received).toHaveLength(2);
  });

  test('waits longer than a timer can', async () => {
    const { client, ran } = node('per=100day');
    const paced = client();
    await paced.call('getinfo');
    const call = paced.call('getinfo');
    await vi.advanceTimersByTimeAsync(30 * 86_400_000);
    expect(ran).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(80 * 86_400_000);
    await call;
    expect(ran).toHaveLength(2);
  });

  test('backs off if the rune cannot be read', async () => {
    let requests = 0;
    const transport: Transport = {
      send: async () =>
        ++requests < 4 ? answer(401, envelope(1502, 'Not permitted: too soon')) : answer(201, '{}'),
      close: () => undefined,
    };
    const call = new ClnrestClient({
      url: 'http://x',
      rune: 'x',
      pace: true,
      transport,
    }).call<unknown>('x');
    const begun = performance.now();
    await vi.runAllTimersAsync();
    await call;
    expect(performance.now() - begun).toBe(7_000);
  });

  test.each([
    [401, 1502, 'Not permitted: method is not equal to getinfo'],
    [401, 1503, 'Not authorized: Blacklisted rune'],
    [401, 1501, 'Not authorized: Not derived from master'],
    [403, 1501, 'Not authorized: Missing rune'],
    [500, 1502, 'Not permitted: too soon'],
    [500, 210, 'too soon'],
    [502, -32000, 'The node cannot be reached'],
    [503, -32001, 'Too many requests at once'],
    [504, -32002, 'The node does not answer'],
  ])('retries no other error: %d %d %s', async (status, code, message) => {
    let requests = 0;
    const transport: Transport = {
      send: async () => {
        requests++;
        return answer(status, envelope(code, message));
      },
      close: () => undefined,
    };
    const paced = new Master(new Uint8Array(32)).create('1', [Restriction.parse('rate=60')]);
    const rune = paced.toBase64();
    const client = new ClnrestClient({ url: 'http://x', rune, pace: true, transport });
    const failed = errorOf(client.call<unknown>('pay'));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ nodeCode: code });
    expect(requests).toBe(1);
  });

  test('does not retry a broken connection', async () => {
    let requests = 0;
    const transport: Transport = {
      send: async () => {
        requests++;
        throw new Error('reset');
      },
      close: () => undefined,
    };
    const client = new ClnrestClient({ url: 'http://x', rune: 'x', pace: true, transport });
    await errorOf(client.call<unknown>('pay'));
    expect(requests).toBe(1);
  });
});
