import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { HAS_REDIS, TestRedis } from '@clnrest/testing/redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { prepareCertificates } from '../certificates/certificates.ts';
import { certificateNames } from '../certificates/names.ts';
import { readRedisAddress } from './address.ts';
import { RedisConnection, RedisError } from './connection.ts';

function connectTo(url: string): RedisConnection {
  const connection = new RedisConnection(readRedisAddress(url));
  onTestFinished(() => connection.close());
  return connection;
}

describe.skipIf(!HAS_REDIS)('a connection to redis-server', () => {
  test('runs commands and scripts, with every byte', async () => {
    const { url } = await TestRedis.start();
    const connection = connectTo(`${url}/3`);
    const text = 'ü "\r\n\0" 123456789012345678901234567890';
    expect(await connection.command('k', ['SET', 'k', text])).toBe('OK');
    expect(await connection.command('k', ['GET', 'k'])).toBe(text);
    expect(await connection.command('none', ['GET', 'none'])).toBeNull();
    const script = `return {redis.call('GET', KEYS[1]), #ARGV[1], {}}`;
    expect(await connection.script(script, ['k'], ['abc'])).toEqual([text, 3, []]);
    expect(await connectTo(url).command('k', ['GET', 'k'])).toBeNull();
  });

  test('logs in, and reports a refusal without the password', async () => {
    const redis = await TestRedis.start('--requirepass', 'p@ss:word/1');
    const url = redis.url.replace('//', '//:p%40ss%3Aword%2F1@');
    expect(await connectTo(url).command('k', ['PING'])).toBe('PONG');
    const wrong = redis.url.replace('//', '//:hunter2@');
    const error: unknown = await connectTo(wrong)
      .command('k', ['PING'])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisError);
    expect(String(error)).toContain('WRONGPASS');
    expect(String(error)).not.toContain('hunter2');
  });

  test('connects again after the server was killed', async () => {
    const redis = await TestRedis.start();
    const connection = connectTo(redis.url);
    await connection.command('k', ['SET', 'k', '1']);
    await redis.kill();
    await expect(connection.command('k', ['GET', 'k'])).rejects.toBeInstanceOf(RedisError);
    await expect(connection.command('k', ['GET', 'k'])).rejects.toBeInstanceOf(RedisError);
    await redis.listen();
    expect(await connection.command('k', ['GET', 'k'])).toBe('1');
  });

  test('rejects if no reply arrives in time, and pending commands when it is closed', async () => {
    const redis = await TestRedis.start();
    const connection = connectTo(redis.url);
    await connection.command('k', ['PING']);
    redis.signal('SIGSTOP');
    await expect(connection.command('k', ['PING'], 50)).rejects.toThrow('no reply within 0.05');
    redis.signal('SIGCONT');
    const pending = connection.command('k', ['BLPOP', 'none', '0']);
    await connection.command('k', ['PING'], 50).catch(() => undefined);
    connection.close();
    await expect(pending).rejects.toBeInstanceOf(RedisError);
    await expect(connection.command('k', ['PING'])).rejects.toThrow('was closed');
  });
});

test.skipIf(!HAS_REDIS)('verifies the certificate of Redis', async () => {
  const directory = temporaryDirectory();
  const names = certificateNames(['127.0.0.1'], []);
  await prepareCertificates({ directory, names, now: new Date(), log: () => undefined });
  const file = (name: string): string => join(directory, name);
  const redis = await TestRedis.start(
    '--tls-cert-file',
    file('server.pem'),
    '--tls-key-file',
    file('server-key.pem'),
    '--tls-ca-cert-file',
    file('ca.pem'),
    '--tls-auth-clients',
    'no',
  );
  const port = await freePort();
  await connectTo(redis.url).command('k', ['CONFIG', 'SET', 'tls-port', String(port)]);
  const address = readRedisAddress(`rediss://127.0.0.1:${port}`);
  const trusting = new RedisConnection(address, readFileSync(file('ca.pem'), 'utf8'));
  onTestFinished(() => trusting.close());
  expect(await trusting.command('k', ['PING'])).toBe('PONG');
  await expect(connectTo(`rediss://127.0.0.1:${port}`).command('k', ['PING'])).rejects.toThrow(
    /certificate/,
  );
});
