import { describe, expect, test } from 'vitest';
import { Kept, MAX_BYTES, MAX_ENTRIES } from './kept.ts';

const notification = (topic: string, text = '{}') =>
  ({ kind: 'notification', at: 0, topic, text }) as const;
const numbers = (kept: Kept): number[] => [...kept.newestFirst()].map(({ number }) => number);

describe('Kept', () => {
  test('returns the newest event first', () => {
    const kept = new Kept();
    for (const topic of ['a', 'b', 'a']) kept.add(notification(topic));
    expect(numbers(kept)).toEqual([2, 1, 0]);
    expect([...kept.newestFirst(2)].map(({ number }) => number)).toEqual([2]);
    expect([...kept.topics]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  test('keeps the newest events up to the maximum number', () => {
    const kept = new Kept();
    for (let i = 0; i < 3 * MAX_ENTRIES + 7; i++) kept.add(notification(`topic-${i}`));
    expect(kept.size).toBe(MAX_ENTRIES);
    expect(kept.received).toBe(3 * MAX_ENTRIES + 7);
    expect(kept.topics.size).toBe(MAX_ENTRIES);
    expect(numbers(kept)).toEqual(
      Array.from({ length: MAX_ENTRIES }, (_, i) => 3 * MAX_ENTRIES + 6 - i),
    );
  });

  test('keeps the newest events up to the maximum of bytes, and the newest one at any length', () => {
    const kept = new Kept();
    const half = 'x'.repeat(MAX_BYTES / 2);
    for (const text of [half, half, '{}']) kept.add(notification('a', text));
    expect(numbers(kept)).toEqual([2, 1]);
    kept.add(notification('huge', 'x'.repeat(MAX_BYTES + 1)));
    expect(numbers(kept)).toEqual([3]);
    expect([...kept.topics.keys()]).toEqual(['huge']);
  });

  test('can be cleared, and continues its numbers', () => {
    const kept = new Kept();
    kept.add(notification('a'));
    kept.add({ kind: 'missed', at: 0, topic: '', text: 'Some are lost' });
    expect([kept.size, kept.received]).toEqual([2, 1]);
    kept.clear();
    expect([kept.size, kept.received, kept.topics.size, numbers(kept)]).toEqual([0, 0, 0, []]);
    kept.add(notification('b'));
    expect(numbers(kept)).toEqual([2]);
  });
});
