import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Semaphore } from './semaphore.ts';

function acquireAll(semaphore: Semaphore, key: string): number {
  let acquired = 0;
  while (semaphore.acquire(key)) acquired++;
  return acquired;
}

describe('Semaphore', () => {
  test('each key gets half of the remaining permits', () => {
    const semaphore = new Semaphore(256);
    const keys = Array.from({ length: 10 }, (_, index) => `key ${index}`);
    const counts = keys.map((key) => acquireAll(semaphore, key));
    expect(counts).toEqual([128, 64, 32, 16, 8, 4, 2, 1, 1, 0]);
    expect(semaphore.free).toBe(0);
    expect(semaphore.taken).toBe(256);
  });

  test('a single permit can be acquired', () => {
    const semaphore = new Semaphore(1);
    expect(semaphore.acquire('a')).toBe(true);
    expect(semaphore.acquire('b')).toBe(false);
    semaphore.release('a');
    expect(semaphore.acquire('b')).toBe(true);
  });

  test('released permits can be acquired again', () => {
    const semaphore = new Semaphore(10);
    for (let round = 0; round < 3; round++) {
      expect(acquireAll(semaphore, 'a')).toBe(5);
      for (let held = 5; held > 0; held--) semaphore.release('a');
    }
    expect(semaphore.free).toBe(10);
    expect(semaphore.heldBy('a')).toBe(0);
  });

  test('several permits are acquired if they could be acquired one at a time', () => {
    const total = fc.integer({ min: 1, max: 40 });
    const steps = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(total, steps, (permits, asked) => {
        const atOnce = new Semaphore(permits);
        const singly = new Semaphore(permits);
        for (const [key, count] of asked) {
          let acquired = 0;
          while (acquired < count && singly.acquire(key)) acquired++;
          if (acquired < count && acquired > 0) singly.release(key, acquired);
          expect(atOnce.acquire(key, count)).toBe(acquired === count);
          expect(atOnce.free).toBe(singly.free);
        }
      }),
    );
  });

  test('no key can release permits that it does not hold', () => {
    const semaphore = new Semaphore(4);
    semaphore.acquire('a', 2);
    expect(() => semaphore.release('b')).toThrow(RangeError);
    expect(() => semaphore.release('a', 3)).toThrow(RangeError);
    expect(semaphore.heldBy('a')).toBe(2);
  });

  test('permits move from one key to another', () => {
    const semaphore = new Semaphore(8);
    semaphore.acquire('a', 3);
    semaphore.move('a', 'b', 2);
    expect([semaphore.heldBy('a'), semaphore.heldBy('b'), semaphore.free]).toEqual([1, 2, 5]);
  });

  test('permits move to a key regardless of its share', () => {
    const semaphore = new Semaphore(4);
    semaphore.acquire('address', 2);
    semaphore.acquire('rune');
    semaphore.move('address', 'rune', 2);
    expect([semaphore.heldBy('address'), semaphore.heldBy('rune'), semaphore.free]).toEqual([
      0, 3, 1,
    ]);
    expect(() => semaphore.move('address', 'rune')).toThrow(RangeError);
    semaphore.move('rune', 'rune', 3);
    expect([semaphore.heldBy('rune'), semaphore.free]).toEqual([3, 1]);
  });

  test.each([-1, 0.5, NaN])('%d permits are rejected', (permits) => {
    const semaphore = new Semaphore(4);
    semaphore.acquire('a', 2);
    for (const operation of ['acquire', 'release'] as const) {
      expect(() => semaphore[operation]('a', permits)).toThrow(RangeError);
    }
    expect(() => semaphore.move('a', 'b', permits)).toThrow(RangeError);
    expect([semaphore.heldBy('a'), semaphore.free]).toEqual([2, 2]);
  });
});
