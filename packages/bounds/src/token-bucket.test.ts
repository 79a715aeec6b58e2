import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('a token bucket allows a burst, and then its rate', () => {
  let now = 0;
  const bucket = new TokenBucket({ capacity: 3, perSecond: 2 }, () => now);
  expect([1, 2, 3, 4].map(() => bucket.take())).toEqual([true, true, true, false]);
  now = 499;
  expect(bucket.take()).toBe(false);
  now = 500;
  expect(bucket.take()).toBe(true);
  expect(bucket.take()).toBe(false);
  now = 1_000_000;
  expect(bucket.take(4)).toBe(false);
  expect(bucket.take(3)).toBe(true);
});
