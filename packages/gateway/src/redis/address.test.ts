import { describe, expect, test } from 'vitest';
import { readRedisAddress, RedisAddressError, shownAddress } from './address.ts';

describe('reads', () => {
  test.each([
    ['redis://127.0.0.1', { kind: 'server', url: 'redis://127.0.0.1' }],
    ['rediss://me:p%40ss@[::1]:6380/2', { kind: 'server', url: 'rediss://me:p%40ss@[::1]:6380/2' }],
    [
      'rediss+sentinel://me:p%40ss@a:1,b/main%2Fone/2',
      {
        kind: 'sentinel',
        name: 'main/one',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26_379 },
        ],
        login: { username: 'me', password: 'p@ss', database: 2, tls: true },
        sentinelLogin: { username: undefined, password: undefined, tls: false },
      },
    ],
    [
      'redis+sentinel://a/main?sentinel-user=you&sentinel-password=p%40=%26&sentinel-tls=true',
      {
        kind: 'sentinel',
        name: 'main',
        nodes: [{ host: 'a', port: 26_379 }],
        login: { username: undefined, password: undefined, database: 0, tls: false },
        sentinelLogin: { username: 'you', password: 'p@=&', tls: true },
      },
    ],
    [
      'redis+cluster://:pass@[::1]:7000,b',
      {
        kind: 'cluster',
        nodes: [
          { host: '::1', port: 7_000 },
          { host: 'b', port: 6_379 },
        ],
        login: { username: undefined, password: 'pass', database: 0, tls: false },
      },
    ],
  ])('%s', (text, address) => {
    expect(readRedisAddress(text)).toEqual(address);
  });
});

test.each([
  '',
  '127.0.0.1:6379',
  'http://127.0.0.1',
  'redis://',
  'redis://secret@',
  'redis://a,b',
  'redis://a:0',
  'redis://a:65536',
  'redis://a/secret',
  'redis://a?secret',
  'redis://%zz:secret@a',
  'redis+sentinel://a',
  'redis+sentinel://a/x/secret',
  'redis+sentinel://a/x?secret=1',
  'redis+sentinel://a/x?sentinel-password=%zzsecret',
  'redis+sentinel://a/x?sentinel-tls=secret',
  'redis+cluster://a?sentinel-password=secret',
  'redis+cluster://a/1',
])('refuses %j without quoting it', (text) => {
  const read = (): unknown => readRedisAddress(text);
  expect(read).toThrow(RedisAddressError);
  expect(read).not.toThrow(/secret/);
});

test('shows an address without its password', () => {
  expect(shownAddress(readRedisAddress('redis://me:secret@a:1/2'))).toBe('a:1');
  expect(shownAddress(readRedisAddress('redis+cluster://me:secret@a:1,[::1]:2'))).toBe('a:1,::1:2');
});
