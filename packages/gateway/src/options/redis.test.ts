import type { OptionValues } from '@clnrest/lightningd';
import { expect, test } from 'vitest';
import { builds } from '../builds.ts';
import type { DeclaredOptions } from './declarations.ts';
import { readRedis } from './redis.ts';
import { OptionError } from './settings.ts';

const read = (redis: string | undefined, length = 10, ca?: string) =>
  readRedis(
    builds.rest,
    {
      'rest-redis': redis,
      'rest-redis-ca': ca,
      'rest-redis-length': length,
    } as OptionValues<DeclaredOptions>,
    '/nowhere',
  );

test('reads the address and the length', () => {
  expect([read(undefined), read('')]).toEqual([undefined, undefined]);
  expect(read('redis://127.0.0.1:6379')).toEqual({
    address: { kind: 'server', url: 'redis://127.0.0.1:6379' },
    ca: undefined,
    length: 10,
  });
});

test('refuses other values without quoting a password', () => {
  expect(() => read('redis://:secret@a,b')).toThrow(OptionError);
  expect(() => read('redis://:secret@a,b')).toThrow(
    '`rest-redis` must be the address of Redis, such as redis://127.0.0.1:6379, redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST: several hosts require redis+sentinel:// or redis+cluster://.',
  );
  expect(() => read('rediss://a', 10, 'ca.pem')).toThrow(
    '`rest-redis-ca` /nowhere/ca.pem cannot be used: ENOENT',
  );
  for (const length of [0, -1, 1e9, Number.NaN]) {
    expect(() => read(undefined, length)).toThrow('`rest-redis-length` must be between 1 and');
  }
});
