import { expect, test } from 'vitest';
import { latest } from './latest.ts';

test('the same question is answered once', () => {
  let asked = 0;
  const sum = latest((a: number, b: number) => {
    asked++;
    return a + b;
  });
  expect([sum(1, 2), sum(1, 2), sum(2, 2), sum(1, 2)]).toEqual([3, 3, 4, 3]);
  expect(asked).toBe(3);
});

test('also an answer that is nothing, and a question without anything', () => {
  let asked = 0;
  const nothing = latest(() => {
    asked++;
  });
  nothing();
  nothing();
  expect(asked).toBe(1);
});
