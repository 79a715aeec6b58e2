import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesHeldBy } from '@clnrest/testing/heap';
import { BoundedQueue } from './bounded-queue.ts';

const MIB = 1024 * 1024;
const queueOf = (maxItems: number, maxSize: number) =>
  new BoundedQueue<number>({ maxItems, maxSize, sizeOf: (item) => item });

describe('a bounded queue', () => {
  test('keeps the newest items and returns the evicted ones, the oldest first', () => {
    const queue = queueOf(3, 10);
    expect([1, 2, 3].map((item) => queue.push(item))).toEqual([[], [], []]);
    expect(queue.push(4)).toEqual([1]);
    expect(queue.push(5)).toEqual([2, 3]);
    expect([...queue]).toEqual([4, 5]);
    expect([queue.first, queue.next, queue.length, queue.size]).toEqual([3, 5, 2, 9]);
  });

  test('keeps the newest item regardless of its size, and evicts it with the next one', () => {
    const queue = queueOf(3, 10);
    queue.push(1);
    expect(queue.push(99)).toEqual([1]);
    expect([queue.size, queue.length]).toEqual([99, 1]);
    expect(queue.push(1)).toEqual([99]);
  });

  test('finds items by their number', () => {
    const queue = queueOf(2, 100);
    for (const item of [10, 20, 30]) queue.push(item);
    expect([-1, 0, 1, 2, 3, NaN, 1.5].map((number) => queue.at(number))).toEqual([
      undefined,
      undefined,
      20,
      30,
      undefined,
      undefined,
      undefined,
    ]);
    expect([queue.from(0), queue.from(2), queue.from(3)]).toEqual([[20, 30], [30], []]);
  });

  test('continues its numbers after clear', () => {
    const queue = queueOf(2, 100);
    queue.push(1);
    queue.push(2);
    queue.clear();
    expect([queue.first, queue.next, queue.length, queue.size]).toEqual([2, 2, 0, 0]);
    expect(queue.shift()).toBeUndefined();
    queue.push(3);
    expect([queue.at(2), ...queue]).toEqual([3, 3]);
  });

  test('skips evicted items and includes pushed items during an iteration', () => {
    const queue = queueOf(2, 100);
    queue.push(1);
    queue.push(2);
    const seen: number[] = [];
    for (const item of queue) {
      seen.push(item);
      if (item === 1) for (let i = 3; i <= 40; i++) queue.push(i);
    }
    expect(seen).toEqual([1, 39, 40]);
  });

  test('measures an item once', () => {
    const measured: string[] = [];
    const queue = new BoundedQueue<string>({
      maxItems: 2,
      maxSize: 100,
      sizeOf: (item) => measured.push(item),
    });
    for (const item of ['a', 'b', 'c']) queue.push(item);
    queue.shift();
    expect(measured).toEqual(['a', 'b', 'c']);
    expect(queue.size).toBe(3);
  });

  test('holds items that are undefined', () => {
    const queue = new BoundedQueue<undefined>({ maxItems: 2, maxSize: 9, sizeOf: () => 1 });
    for (let i = 0; i < 3; i++) queue.push(undefined);
    expect([queue.length, queue.size, [...queue]]).toEqual([2, 2, [undefined, undefined]]);
  });

  test.each([
    [0, 1],
    [NaN, 1],
    [1, NaN],
  ])('rejects invalid limits: %d items of size %d', (maxItems, maxSize) => {
    expect(() => queueOf(maxItems, maxSize)).toThrow(RangeError);
  });

  test('supports a limit that is not an integer', () => {
    const queue = queueOf(2.5, 100);
    for (let i = 0; i < 9; i++) queue.push(1);
    expect(queue.length).toBe(2);
  });

  test.each([NaN, -1, Infinity])('rejects an item of size %d and does not change', (size) => {
    const queue = queueOf(2, 10);
    queue.push(1);
    expect(() => queue.push(size)).toThrow(RangeError);
    expect([[...queue], queue.size]).toEqual([[1], 1]);
  });

  test('behaves like a list that loses its first items', () => {
    const operation = fc.oneof(
      { weight: 8, arbitrary: fc.nat(40).map((item) => ({ kind: 'push' as const, item })) },
      { weight: 2, arbitrary: fc.constant({ kind: 'shift' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(300),
        fc.array(operation, { maxLength: 150 }),
        (maxItems, maxSize, operations) => {
          const queue = queueOf(maxItems, maxSize);
          let model: number[] = [];
          let pushed = 0;
          const total = (): number => model.reduce((sum, item) => sum + item, 0);
          for (const operation of operations) {
            if (operation.kind === 'push') {
              model.push(operation.item);
              pushed++;
              const evicted: (number | undefined)[] = [];
              while (model.length > maxItems || (total() > maxSize && model.length > 1)) {
                evicted.push(model.shift());
              }
              expect(queue.push(operation.item)).toEqual(evicted);
            } else if (operation.kind === 'shift') {
              expect(queue.shift()).toBe(model.shift());
            } else {
              queue.clear();
              model = [];
            }
            expect([...queue]).toEqual(model);
            expect([queue.length, queue.size]).toEqual([model.length, total()]);
            expect([queue.first, queue.next]).toEqual([pushed - model.length, pushed]);
            const middle = queue.first + Math.floor(model.length / 2);
            expect(queue.from(middle)).toEqual(model.slice(middle - queue.first));
            expect(queue.at(middle)).toBe(model[middle - queue.first]);
          }
        },
      ),
    );
  });
});

describe('the memory of a bounded queue', () => {
  const held = (body: string): Promise<number> =>
    bytesHeldBy(
      `import { BoundedQueue } from './bounded-queue.ts';
       const text = (i) => Buffer.alloc(100_000, 97 + (i % 26)).toString('latin1');
       const bounds = { maxItems: 10_000, maxSize: 8 * 1024 * 1024, sizeOf: (text) => text.length };
       export default () => { ${body} };`,
      import.meta.dirname,
    );

  test('is within its limit after 1,000 items of 100 KB', async () => {
    const bytes = await held(`
      const queue = new BoundedQueue(bounds);
      for (let i = 0; i < 1_000; i++) queue.push(text(i));
      return queue;`);
    // The lower bound proves that the measurement includes the items.
    expect(bytes).toBeGreaterThan(7 * MIB);
    expect(bytes).toBeLessThan(10 * MIB);
  });

  test.each([
    ['taking all items', 'while (queue.shift() !== undefined);'],
    ['emptying it', 'queue.clear();'],
  ])('is released after %s', async (_what, release) => {
    const bytes = await held(`
      const queue = new BoundedQueue(bounds);
      for (let i = 0; i < 80; i++) queue.push(text(i));
      ${release}
      return queue;`);
    expect(bytes).toBeLessThan(MIB / 2);
  });

  test('is one item after a large item evicts all others', async () => {
    const bytes = await held(`
      const queue = new BoundedQueue({ ...bounds, maxSize: 1 });
      for (let i = 0; i < 80; i++) queue.push(text(i));
      return queue;`);
    expect(bytes).toBeLessThan(MIB / 2);
  });
});
