import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Received } from '../notifications/message.ts';
import { notification } from '../testing/notification.ts';
import { readRedisAddress } from './address.ts';
import { RedisConnection, type Reply } from './connection.ts';
import { Feeder, type FeederTools } from './feeder.ts';
import { keysOf } from './keys.ts';
import { StreamReader } from './stream-reader.ts';

const KEYS = keysOf('02ab');
const address = (redis: TestRedis) => readRedisAddress(redis.url);

/** A feeder whose log a test can wait for. */
function feed(redis: TestRedis, tools: Partial<FeederTools> = {}) {
  const lines: string[] = [];
  let changed = (): void => undefined;
  const feeder = new Feeder({
    redis: address(redis),
    nodeId: () => Promise.resolve('02ab'),
    log: (level, line) => {
      lines.push(`${level}: ${line}`);
      changed();
    },
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
  const logged = async (text: string, count = 1): Promise<void> => {
    while (lines.filter((line) => line.includes(text)).length < count)
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
  };
  let n = 0;
  const tick = (count: number): void => {
    for (let i = 0; i < count; i++) feeder.notify(notification('tick', `{"tick":${++n}}`));
  };
  return { feeder, tick, logged, lines };
}

/** Reads the stream, and collects the number of each tick, or `gap`. */
async function read(redis: TestRedis) {
  const seen: (number | 'gap')[] = [];
  let changed = (): void => undefined;
  const add = ({ text, isGap }: Received): void => {
    seen.push(isGap === true ? 'gap' : (JSON.parse(text) as { tick: number }).tick);
    changed();
  };
  const reader = new StreamReader({
    redis: address(redis),
    keys: KEYS,
    log: () => undefined,
    awayEffect: 'Subscribers wait',
    historyMessages: 1_000,
    received: add,
    announced: () => undefined,
    retryMs: 20,
  });
  onTestFinished(() => reader.close());
  const loaded = await reader.load();
  for (const message of loaded?.messages ?? []) add(message);
  reader.start();
  const until = async (last: number | 'gap'): Promise<readonly (number | 'gap')[]> => {
    while (!seen.includes(last))
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    return seen;
  };
  return { seen, until, before: loaded?.before };
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function command(redis: TestRedis, ...args: readonly string[]): Promise<Reply> {
  const connection = new RedisConnection(address(redis));
  try {
    return await connection.command(KEYS.events, args);
  } finally {
    connection.close();
  }
}

describe.skipIf(!HAS_REDIS)('notifications over Redis', () => {
  test('arrive in order and once, at readers that start at any time', async () => {
    const redis = await TestRedis.start();
    const first = await read(redis);
    const { tick } = feed(redis);
    tick(700);
    expect(await first.until(700)).toEqual(numbers(1, 700));
    const second = await read(redis);
    tick(5);
    expect(await second.until(705)).toEqual(numbers(1, 705));
    expect(await first.until(705)).toEqual(numbers(1, 705));
    expect([first.before, second.before]).toEqual(['0-0', '0-0']);
  });

  test('keep every digit', async () => {
    const redis = await TestRedis.start();
    const { feeder } = feed(redis);
    feeder.notify(notification('coin', '{"msat":123456789012345678901,"a":"ü\\u0000"}'));
    const [entry] = await until(() => command(redis, 'XRANGE', KEYS.events, '-', '+'), 2);
    expect(entry).toEqual([
      expect.stringMatching(/^\d{13}-0$/),
      ['start', '1', 'after', '0', 'complete', '1', 'previous', '0-0'],
    ]);
    const [, event] = (await command(redis, 'XRANGE', KEYS.events, '-', '+')) as Reply[];
    expect(event).toEqual([
      expect.stringMatching(/^\d{13}-1$/),
      ['topic', 'coin', 'payload', '{"msat":123456789012345678901,"a":"ü\\u0000"}'],
    ]);
  });

  test('continue after Redis was killed and suspended, without loss', async () => {
    const redis = await TestRedis.start();
    const { tick, logged } = feed(redis);
    const { until } = await read(redis);
    tick(10);
    await until(10);
    await redis.kill();
    tick(10);
    await logged('is not available');
    tick(10);
    await redis.listen();
    await logged('notifications go to Redis', 2);
    expect(await until(30)).toEqual(numbers(1, 30));
    redis.signal('SIGSTOP');
    tick(10);
    redis.signal('SIGCONT');
    expect(await until(40)).toEqual(numbers(1, 40));
  });

  test('that do not fit while Redis is away are lost with a gap', async () => {
    const redis = await TestRedis.start();
    const limits = { historyMessages: 5, historyBytes: 1_000_000 };
    const { tick, logged } = feed(redis, { limits });
    const { until } = await read(redis);
    tick(3);
    await until(3);
    await redis.kill();
    tick(10);
    await logged('is not available');
    await redis.listen();
    expect(await until(13)).toEqual([1, 2, 3, 'gap', 9, 10, 11, 12, 13]);
  });

  test('that Redis has forgotten are appended again with the same ids', async () => {
    const redis = await TestRedis.start();
    const { tick } = feed(redis);
    const { until } = await read(redis);
    tick(5);
    await until(5);
    const before = await command(redis, 'XRANGE', KEYS.events, '-', '+');
    // As after a failover to a replica that lacks the last events, or all.
    const [, , , , four, five] = before as [string][];
    await command(redis, 'XDEL', KEYS.events, String(four?.[0]), String(five?.[0]));
    await command(redis, 'XSETID', KEYS.events, String((before as [string][])[3]?.[0]));
    tick(1);
    await until(6);
    await command(redis, 'FLUSHALL');
    tick(1);
    expect(await until(7)).toEqual(numbers(1, 7));
    const late = await read(redis);
    expect(await late.until(7)).toEqual(numbers(1, 7));
  });

  test('of a stream that was trimmed before a reader came back begin with a gap', async () => {
    const redis = await TestRedis.start();
    const { tick } = feed(redis);
    const { until } = await read(redis);
    tick(3);
    await until(3);
    // Redis does not wake a reader while it runs a transaction.
    await command(redis, 'EVAL', TRIMMED, '2', KEYS.events, KEYS.feeder);
    expect(await until(3)).toEqual([1, 2, 3]);
    tick(6);
    expect((await until(9)).filter((each) => each !== 'gap')).toEqual([1, 2, 3, 9]);
    expect(await until('gap')).toEqual([1, 2, 3, 'gap', 9]);
  });

  test('of a restarted node continue without a gap, of a restarted plugin with one', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    first.tick(2);
    await first.feeder.close(1_000, 'record');
    const second = feed(redis);
    second.tick(2);
    await until(2);
    await second.feeder.close(1_000, 'record');
    const third = feed(redis, { startsWithNode: false });
    third.tick(3);
    expect(await until(3)).toEqual([1, 2, 1, 2, 'gap', 1, 2, 3]);
  });

  test.each([
    ['has the same record as before', 'record', 'record', false],
    ['has another record', 'record', 'other', true],
    ['does not know its record', 'record', '', true],
    ['had an unknown record', '', 'record', true],
    ['never knows its record', '', '', true],
  ])('of a restarted node that %s', async (_, before, after, isGap) => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    first.tick(1);
    await first.feeder.close(1_000, before);
    const second = feed(redis, { recordAtStart: Promise.resolve(after) });
    second.tick(2);
    expect(await until(2)).toEqual(isGap ? [1, 'gap', 1, 2] : [1, 1, 2]);
  });

  test('of a node before its record is known are appended afterwards', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    first.tick(1);
    await first.feeder.close(1_000, 'record');
    let known: (record: string) => void = () => undefined;
    const recordAtStart = new Promise<string>((resolve) => {
      known = resolve;
    });
    const second = feed(redis, { recordAtStart });
    second.tick(2);
    await second.feeder.nodeId;
    expect(await command(redis, 'XLEN', KEYS.events)).toBe(2);
    known('record');
    expect(await until(2)).toEqual([1, 1, 2]);
  });

  test('of a feeder that closes before it gets any do not begin', async () => {
    const redis = await TestRedis.start();
    const { feeder } = feed(redis, { recordAtStart: new Promise(() => undefined) });
    await feeder.nodeId;
    await feeder.close(60_000, '');
    expect(await command(redis, 'EXISTS', KEYS.events, KEYS.feeder)).toBe(0);
  });

  test('that a stopping node still sends are appended', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const { feeder, tick, logged } = feed(redis);
    await logged('notifications go to Redis');
    tick(1);
    await until(1);
    redis.signal('SIGSTOP');
    const closed = feeder.close(5_000, 'record');
    // After the feeder has sent its end, to which Redis does not reply yet.
    await new Promise((resolve) => setTimeout(resolve, 20));
    tick(1);
    redis.signal('SIGCONT');
    await closed;
    // A later one can be lost.
    await feed(redis).logged('notifications go to Redis');
    expect(await until('gap')).toEqual([1, 2, 'gap']);
  });

  test('of a plugin that had not everything continue at once, and with a gap', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    first.tick(2);
    await first.feeder.close(1_000, '');
    // One that has not ended is replaced after this time.
    const second = feed(redis, { silentMs: 60_000 });
    second.tick(3);
    expect(await until(3)).toEqual([1, 2, 'gap', 1, 2, 3]);
  });

  test('of a killed plugin continue with a gap', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    first.tick(2);
    await until(2);
    // It does not end in order.
    await first.feeder.close(0, '');
    await command(redis, 'HSET', KEYS.feeder, 'ended', '0');
    const second = feed(redis);
    second.tick(2);
    await second.logged('notifications go to Redis');
    second.tick(1);
    expect(await until(3)).toEqual([1, 2, 'gap', 1, 2, 3]);
    expect(second.lines).toHaveLength(1);
  });

  test('of two plugins by mistake arrive once', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    await first.logged('notifications go to Redis');
    const second = feed(redis);
    await second.logged('configure only one');
    for (let i = 0; i < 20; i++) {
      first.tick(1);
      second.tick(1);
    }
    expect(await until(20)).toEqual(numbers(1, 20));
    await first.feeder.close(1_000, 'record');
    await second.logged('notifications go to Redis');
    second.tick(1);
    expect(await until(21)).toEqual([...numbers(1, 20), 'gap', 21]);
  });

  test('that reach another plugin only when the first has appended them arrive once', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    await first.logged('notifications go to Redis');
    const second = feed(redis, {
      caughtUp: () => {
        second.tick(3);
        return Promise.resolve();
      },
    });
    await second.logged('configure only one');
    first.tick(3);
    await first.feeder.close(1_000, '');
    await second.logged('notifications go to Redis');
    second.tick(1);
    expect(await until(4)).toEqual([1, 2, 3, 'gap', 4]);
  });

  test('of a plugin that has ended before another one saw it move arrive once', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const other = String(Date.now());
    await command(redis, 'HSET', KEYS.feeder, 'number', other, 'ended', '0', 'beat', '0');
    const start = ['start', '1', 'after', '0', 'complete', '1', 'previous', '0-0'];
    await command(redis, 'XADD', KEYS.events, `${other}-0`, ...start);
    const second = feed(redis, { silentMs: 60_000 });
    const asked = async (): Promise<number> => {
      const text = String(await command(redis, 'INFO', 'commandstats'));
      return Number(/cmdstat_eval:calls=(\d+)/.exec(text)?.[1] ?? 0);
    };
    await expect.poll(asked, { interval: 10 }).toBeGreaterThan(2);
    second.tick(1);
    await command(redis, 'XADD', KEYS.events, `${other}-1`, 'topic', 't', 'payload', '{"tick":1}');
    await command(redis, 'HSET', KEYS.feeder, 'ended', '2');
    await second.logged('notifications go to Redis');
    second.tick(1);
    expect(await until(2)).toEqual([1, 'gap', 2]);
    expect(second.lines).toHaveLength(1);
  });

  test('are not appended before the node has replied', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    await first.logged('notifications go to Redis');
    let asked = 0;
    const second = feed(redis, {
      caughtUp: () => (++asked < 3 ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    await second.logged('configure only one');
    await first.feeder.close(1_000, '');
    await second.logged('notifications go to Redis');
    second.tick(1);
    expect(await until(1)).toEqual(['gap', 1]);
    expect(asked).toBe(3);
  });

  test('of plugins whose clocks differ keep their order', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    // A plugin whose clock was a day ahead, up to the end of its node.
    const ahead = String(Date.now() + 86_400_000);
    const start = ['start', '1', 'after', '0', 'complete', '1', 'previous', '0-0'];
    await command(redis, 'HSET', KEYS.feeder, 'number', ahead, 'ended', '1', 'node', 'record');
    await command(redis, 'XADD', KEYS.events, `${ahead}-0`, ...start);
    await command(redis, 'XADD', KEYS.events, `${ahead}-1`, 'topic', 't', 'payload', '{"tick":1}');
    const feeder = feed(redis);
    await feeder.logged('notifications go to Redis');
    feeder.tick(1);
    feeder.tick(1);
    const number = await command(redis, 'HGET', KEYS.feeder, 'number');
    expect(BigInt(String(number))).toBe(BigInt(ahead) + 1n);
    expect(await until(2)).toEqual([1, 1, 2]);
  });

  test('that another plugin appended while this one hung are not appended again', async () => {
    const redis = await TestRedis.start();
    const { until } = await read(redis);
    const first = feed(redis);
    await first.logged('notifications go to Redis');
    first.tick(2);
    await until(2);
    // What another feeder does in the meantime, to its end.
    const other = String(Date.now() + 60_000);
    await command(redis, 'HSET', KEYS.feeder, 'number', other, 'ended', '1');
    const start = ['start', '1', 'after', '7', 'complete', '0', 'previous', '0-0'];
    await command(redis, 'XADD', KEYS.events, `${other}-0`, ...start);
    await command(redis, 'XADD', KEYS.events, `${other}-8`, 'topic', 't', 'payload', '{"tick":3}');
    first.tick(1);
    await first.logged('notifications go to Redis');
    await expect
      .poll(async () => command(redis, 'HGET', KEYS.feeder, 'number'), { interval: 10 })
      .not.toBe(other);
    first.tick(1);
    expect(await until(4)).toEqual([1, 2, 'gap', 3, 'gap', 4]);
  });
});

/** Appends what a reader never sees, because it is removed in the same step. */
const TRIMMED = `
local number = redis.call('HGET', KEYS[2], 'number')
for i = 4, 8 do redis.call('XADD', KEYS[1], number .. '-' .. i, 'topic', 'tick', 'payload', '{"tick":' .. i .. '}') end
return redis.call('XTRIM', KEYS[1], 'MAXLEN', '0')
`;

/** Repeats a command until the reply has so many entries. */
async function until(ask: () => Promise<Reply>, length: number): Promise<readonly Reply[]> {
  for (;;) {
    const reply = await ask();
    if (Array.isArray(reply) && reply.length >= length) return reply as readonly Reply[];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
