import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange, applyChange, contains, removeRange, type Range } from './ranges.ts';

const range = fc
  .tuple(fc.nat(60), fc.nat(8))
  .map(([first, length]): Range => ({ first: BigInt(first), last: BigInt(first + length) }));

test('ranges match a set of numbers and are as few as possible', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(range, fc.boolean())), (steps) => {
      let ranges: readonly Range[] = [];
      const numbers = new Set<bigint>();
      for (const [step, isAdded] of steps) {
        ranges = applyChange(ranges, (isAdded ? addRange : removeRange)(ranges, step));
        for (let number = step.first; number <= step.last; number++) {
          if (isAdded) numbers.add(number);
          else numbers.delete(number);
        }
      }
      for (let number = -2n; number < 80n; number++) {
        expect(contains(ranges, number)).toBe(numbers.has(number));
      }
      ranges.forEach(({ first, last }, index) => {
        expect(first <= last).toBe(true);
        const next = ranges[index + 1];
        if (next !== undefined) expect(next.first > last + 1n).toBe(true);
      });
    }),
  );
});

test('a change lists the removed and the added ranges', () => {
  const ranges = [
    { first: 1n, last: 2n },
    { first: 5n, last: 6n },
    { first: 9n, last: 9n },
  ];
  expect(addRange(ranges, { first: 3n, last: 4n })).toEqual({
    at: 0,
    removed: ranges.slice(0, 2),
    added: [{ first: 1n, last: 6n }],
  });
  expect(removeRange(ranges, { first: 6n, last: 9n })).toEqual({
    at: 1,
    removed: ranges.slice(1),
    added: [{ first: 5n, last: 5n }],
  });
});
