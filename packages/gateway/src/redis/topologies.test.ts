import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { notification } from '../testing/notification.ts';
import { readRedisAddress } from './address.ts';
import { RedisConnection } from './connection.ts';
import { Feeder } from './feeder.ts';
import { keysOf } from './keys.ts';
import { StreamReader } from './stream-reader.ts';

const KEYS = keysOf('02ab');

async function connect(url: string, ...args: readonly string[]) {
  const connection = new RedisConnection(readRedisAddress(url));
  try {
    return await connection.command(KEYS.events, args);
  } finally {
    connection.close();
  }
}

/** Sends ticks through Redis, and returns what a reader receives. */
function feedAndRead(url: string) {
  const redis = readRedisAddress(url);
  const feeder = new Feeder({
    redis,
    nodeId: () => Promise.resolve('02ab'),
    log: () => undefined,
    length: 1_000,
    startsWithNode: true,
    recordAtStart: Promise.resolve('record'),
    caughtUp: () => Promise.resolve(),
    isAnnounced: true,
    pathsVersion: () => 0,
    retryMs: 50,
  });
  const seen: unknown[] = [];
  const reader = new StreamReader({
    redis,
    keys: KEYS,
    log: () => undefined,
    awayEffect: 'Subscribers wait',
    historyMessages: 100,
    received: ({ text }) => seen.push(JSON.parse(text)),
    announced: () => undefined,
    retryMs: 50,
  });
  onTestFinished(async () => {
    await feeder.close(0, '');
    await reader.close();
  });
  const tick = (n: number): void => feeder.notify(notification('tick', String(n)));
  return { reader, tick, seen };
}

/** Starts a sentinel that watches a master, and resolves when it knows the replica. */
async function startSentinel(master: TestRedis, password?: string): Promise<string> {
  const port = await freePort();
  const file = join(temporaryDirectory(), 'sentinel.conf');
  writeFileSync(
    file,
    `port ${port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 ${master.port} 1\nsentinel down-after-milliseconds main 300\nsentinel failover-timeout main 3000\n${password === undefined ? '' : `requirepass ${password}\n`}`,
  );
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  onTestFinished(async () => {
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  });
  const url = `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
  const replicas = async (): Promise<number> => {
    const reply = await connect(url, 'SENTINEL', 'REPLICAS', 'main').catch(() => []);
    return Array.isArray(reply) ? reply.length : 0;
  };
  await expect.poll(replicas, { timeout: 20_000 }).toBe(1);
  return `redis+sentinel://127.0.0.1:${port}/main`;
}

describe.skipIf(!HAS_REDIS)('notifications', () => {
  test('pass through a cluster', async () => {
    const redis = await TestRedis.start('--cluster-enabled', 'yes');
    await connect(redis.url, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect
      .poll(() => connect(redis.url, 'CLUSTER', 'INFO'), { timeout: 20_000 })
      .toContain('cluster_state:ok');
    const { reader, tick, seen } = feedAndRead(`redis+cluster://127.0.0.1:${redis.port}`);
    await reader.load();
    reader.start();
    for (let n = 1; n <= 3; n++) tick(n);
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1, 2, 3]);
  });

  test('pass through a master that a sentinel with a password names', async () => {
    const master = await TestRedis.start();
    await TestRedis.start('--replicaof', '127.0.0.1', String(master.port));
    const url = await startSentinel(master, 'secret');
    const { reader, tick, seen } = feedAndRead(`${url}?sentinel-password=secret`);
    await reader.load();
    reader.start();
    tick(1);
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1]);
  });

  test('continue after a failover of Sentinel, without loss', async () => {
    const master = await TestRedis.start();
    await TestRedis.start('--replicaof', '127.0.0.1', String(master.port));
    const url = await startSentinel(master);
    const { reader, tick, seen } = feedAndRead(url);
    await reader.load();
    reader.start();
    for (let n = 1; n <= 3; n++) tick(n);
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1, 2, 3]);
    await master.kill();
    for (let n = 4; n <= 6; n++) tick(n);
    await expect.poll(() => seen, { timeout: 25_000 }).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
