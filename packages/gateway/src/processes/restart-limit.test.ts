import { expect, test } from 'vitest';
import { RestartLimit } from './restart-limit.ts';

test('five restarts are allowed in any minute', () => {
  let now = 1_000_000;
  const limit = new RestartLimit(5, 60_000, () => now);
  const allowed = [0, 10, 20, 30, 40, 59.9, 60, 69.9, 70, 1_000].map((second) => {
    now = 1_000_000 + second * 1_000;
    return limit.acquire();
  });
  expect(allowed).toEqual([true, true, true, true, true, false, true, false, true, true]);
  expect(String(limit)).toBe('5 times within 60 seconds');
});
