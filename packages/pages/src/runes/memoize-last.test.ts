import { expect, test } from 'vitest';
import { memoizeLast } from './memoize-last.ts';

test('the same arguments are computed once', () => {
  let asked = 0;
  const sum = memoizeLast((a: number, b: number) => {
    asked++;
    return a + b;
  });
  expect([sum(1, 2), sum(1, 2), sum(2, 2), sum(1, 2)]).toEqual([3, 3, 4, 3]);
  expect(asked).toBe(3);
});

test('an undefined result and a call without arguments are also cached', () => {
  let asked = 0;
  const nothing = memoizeLast(() => {
    asked++;
  });
  nothing();
  nothing();
  expect(asked).toBe(1);
});
