import { setTimeout as delay } from 'node:timers/promises';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { describe, expect, test, type TestContext } from 'vitest';
import { type Lease, monotonicMs } from '../judge/lease.ts';
import { MAX_BLACKLISTED_ID, type RevocationRange } from '../judge/revocation.ts';
import { readRedisAddress } from './address.ts';
import { RedisConnection } from './connection.ts';
import { Feeder, type FeederTools } from './feeder.ts';
import { keysOf } from './keys.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { encodeGrant, LEASE_MS, readGrant, readRequest } from './lease-terms.ts';

const KEYS = keysOf('02ab');
const ALL = { start: 0, end: MAX_BLACKLISTED_ID };
const FIVE = { start: 5, end: 5, relist: false };

/** What ends with a test. The tests run at once, because they mostly wait. */
type Ends = Pick<TestContext, 'onTestFinished'>;

function start({ onTestFinished }: Ends): Promise<TestRedis> {
  return TestRedis.startFor((end) => onTestFinished(end));
}

function feed(
  redis: TestRedis,
  { onTestFinished }: Ends,
  tools: Partial<FeederTools> = {},
): Feeder {
  const feeder = new Feeder({
    redis: readRedisAddress(redis.url),
    nodeId: () => Promise.resolve('02ab'),
    log: () => undefined,
    length: 1_000,
    startsWithNode: true,
    recordAtStart: Promise.resolve('record'),
    caughtUp: () => Promise.resolve(),
    isAnnounced: true,
    pathsVersion: () => 0,
    retryMs: 20,
    silentMs: 400,
    ...tools,
  });
  onTestFinished(() => feeder.close(0, ''));
  return feeder;
}

/** A gateway that notes changes, and records its leases. */
class TestGateway {
  readonly leases: Lease[] = [];
  readonly noted: RevocationRange[] = [];
  passed = 0;
  /** While it is stuck, it notes nothing. */
  isStuck = false;
  readonly keeper: LeaseKeeper;
  readonly connection: RedisConnection;
  #changed: () => void = () => undefined;

  constructor(redis: TestRedis, { onTestFinished }: Ends) {
    this.connection = new RedisConnection(readRedisAddress(redis.url));
    this.keeper = new LeaseKeeper({
      connection: this.connection,
      keys: KEYS,
      now: monotonicMs,
      renewed: (lease) => {
        this.leases.push(lease);
        this.#changed();
      },
      announce: async (range) => {
        if (this.isStuck) await new Promise(() => undefined);
        this.noted.push(range);
      },
      passed: () => void this.passed++,
    });
    this.keeper.start();
    onTestFinished(() => {
      this.connection.close();
      // A stuck gateway never closes.
      void this.keeper.close();
    });
  }

  get isFresh(): boolean {
    return monotonicMs() < this.until;
  }

  /** The latest end of all leases. */
  get until(): number {
    return Math.max(0, ...this.leases.map(({ until }) => until));
  }

  async leased(): Promise<void> {
    while (!this.isFresh) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}

/** The time of the announcement of a change, in milliseconds. */
async function announce(feeder: Feeder, range: RevocationRange = FIVE): Promise<number> {
  const before = performance.now();
  await feeder.announceRevocation(range);
  return performance.now() - before;
}

describe.skipIf(!HAS_REDIS).concurrent('a lease over Redis', () => {
  test('is renewed before it ends, and a change waits only until all gateways have noted it', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const [one, other] = [new TestGateway(redis, context), new TestGateway(redis, context)];
    await Promise.all([one.leased(), other.leased()]);
    const [first, second] = [one.until, other.until];
    await delay(LEASE_MS);
    await Promise.all([one.leased(), other.leased()]);
    expect([one.until > first, other.until > second]).toEqual([true, true]);
    const ms = await announce(feeder);
    // Not when the leases have ended.
    expect(ms).toBeLessThan(LEASE_MS);
    expect([one.noted, other.noted]).toEqual([[FIVE], [FIVE]]);
    feeder.revocationPassed();
    await expect.poll(() => [one.passed, other.passed]).toEqual([1, 1]);
    expect(new Set(one.leases.map(({ generation }) => generation)).size).toBe(1);
    await one.leased();
  });

  test('of a gateway that is stuck ends before the node continues', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const [gateway, other] = [new TestGateway(redis, context), new TestGateway(redis, context)];
    await Promise.all([gateway.leased(), other.leased()]);
    await delay(LEASE_MS);
    gateway.isStuck = true;
    const ms = await announce(feeder);
    expect(gateway.isFresh).toBe(false);
    await other.leased();
    expect(ms).toBeLessThan(2 * LEASE_MS);
    // It gets no other lease.
    await delay(LEASE_MS / 2);
    expect(gateway.isFresh).toBe(false);
  });

  test('of a gateway that was killed ends before the node continues, and delays only that change', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const gateway = new TestGateway(redis, context);
    await gateway.leased();
    await delay(LEASE_MS);
    gateway.connection.close();
    await announce(feeder);
    expect(gateway.isFresh).toBe(false);
    expect(await announce(feeder)).toBeLessThan(LEASE_MS / 2);
  });

  test('ends while Redis is away, before the node continues', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const gateway = new TestGateway(redis, context);
    await gateway.leased();
    await delay(LEASE_MS);
    await redis.kill();
    const ms = await announce(feeder);
    expect([gateway.isFresh, gateway.noted]).toEqual([false, []]);
    expect(ms).toBeLessThan(2 * LEASE_MS);
    await redis.listen();
    await gateway.leased();
    // Redis never had the change, so the gateway cannot know which runes it affects.
    expect(gateway.noted).toEqual([ALL]);
  });

  test('does not begin when Redis runs old grants late', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const gateway = new TestGateway(redis, context);
    await gateway.leased();
    await delay(LEASE_MS);
    redis.signal('SIGSTOP');
    await announce(feeder);
    expect(gateway.isFresh).toBe(false);
    redis.signal('SIGCONT');
    await gateway.leased();
    expect(gateway.noted.length).toBeGreaterThan(0);
  });

  test('needs a feeder to which the node announces changes', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const gateway = new TestGateway(redis, context);
    const unannounced = feed(redis, context, { isAnnounced: false });
    await delay(LEASE_MS);
    expect(gateway.leases).toEqual([]);
    await unannounced.close(1_000, 'record');
    feed(redis, context);
    await gateway.leased();
  });

  test('of another feeder begins again, and doubts all runes if a change can be on its way', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const first = feed(redis, context);
    const gateway = new TestGateway(redis, context);
    await gateway.leased();
    await first.close(1_000, 'record');
    const second = feed(redis, context, { startsWithNode: false });
    await expect.poll(() => gateway.leases.at(-1)?.generation, { timeout: 5_000 }).toBe(2);
    expect([gateway.noted, gateway.passed]).toEqual([[ALL], 1]);
    // The leases of the first feeder are over then.
    expect(await announce(second)).toBeLessThan(LEASE_MS + 500);
  });

  test('that begins while a change is on its way doubts all runes', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const early = new TestGateway(redis, context);
    await early.leased();
    await delay(LEASE_MS);
    await announce(feeder);
    const late = new TestGateway(redis, context);
    await late.leased();
    expect([early.noted, late.noted]).toEqual([[FIVE], [ALL]]);
  });

  test('ends in order: the feeder does not wait for a gateway that has left', async (context) => {
    const { expect } = context;
    const redis = await start(context);
    const feeder = feed(redis, context);
    const gateway = new TestGateway(redis, context);
    await gateway.leased();
    await gateway.keeper.close();
    await delay(LEASE_MS);
    expect(await announce(feeder)).toBeLessThan(LEASE_MS / 2);
  });
});

test('grants and requests are read strictly', () => {
  const grant = { feeder: '5', request: 2, announced: 3, passed: 1, isQuiet: true };
  expect(readGrant(encodeGrant(grant))).toEqual(grant);
  for (const text of ['', '5 2 3 1', '5 2 3 1 2', '5 2 3 1 1 ', 'x 2 3 1 1', '5 -2 3 1 1']) {
    expect(readGrant(text)).toBeUndefined();
  }
  expect(readRequest('7 - 0')).toEqual({ request: 7, feeder: '', noted: 0 });
  for (const text of ['', '7', '7 5', '7 5 x', '7 5 1 1'])
    expect(readRequest(text)).toBeUndefined();
});
