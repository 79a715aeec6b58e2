import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { EVERYTHING, type Filter, passes } from './filter.ts';
import { Kept } from './kept.ts';
import { VisibleEntries } from './visible-entries.ts';

const notification = (topic: string, text = '{}') =>
  ({ kind: 'notification', at: 0, topic, text }) as const;

describe('a filter', () => {
  const entry: Entry = { ...notification('invoice_payment', '{"label":"Coffee"}'), number: 0 };
  test.each([
    [[], '', true],
    [['invoice_payment'], '', true],
    [['connect'], '', false],
    [[], 'PAYMENT', true],
    [[], 'coffee', true],
    [[], 'tea', false],
    [['invoice_payment'], 'tea', false],
    [[], '.*', false],
  ])('of topics %j and the words %j', (topics, words, expected) => {
    expect(passes(entry, { topics: new Set(topics), words })).toBe(expected);
    expect(passes({ ...entry, kind: 'missed' }, { topics: new Set(topics), words })).toBe(true);
  });
});

describe('the visible entries', () => {
  const filter: Filter = { topics: new Set(['a']), words: '' };
  const numbers = ({ entries }: VisibleEntries): number[] => entries.map(({ number }) => number);

  test('are the same after updates and after a rebuild', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'look'));
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
        const kept = new Kept();
        const updated = new VisibleEntries(kept);
        for (const step of steps) {
          if (step === 'look') updated.update(filter, limit);
          else kept.add(notification(step));
        }
        updated.update(filter, limit);
        const rebuilt = new VisibleEntries(kept);
        rebuilt.rebuild(filter, limit);
        expect([numbers(updated), updated.isMore]).toEqual([numbers(rebuilt), rebuilt.isMore]);
      }),
    );
  });

  test('are the newest, and older ones are reported', () => {
    const kept = new Kept();
    const shown = new VisibleEntries(kept);
    for (let i = 0; i < 4; i++) kept.add(notification('a'));
    shown.rebuild(EVERYTHING, 4);
    expect([numbers(shown), shown.isMore]).toEqual([[3, 2, 1, 0], false]);
    shown.rebuild(EVERYTHING, 2);
    expect([numbers(shown), shown.isMore]).toEqual([[3, 2], true]);
  });

  test('exclude entries that wait', () => {
    const kept = new Kept();
    const shown = new VisibleEntries(kept);
    for (let i = 0; i < 3; i++) kept.add(notification('a'));
    shown.rebuild(EVERYTHING, 9, 1);
    expect(numbers(shown)).toEqual([0]);
    shown.update(EVERYTHING, 9);
    expect(numbers(shown)).toEqual([2, 1, 0]);
  });

  test('exclude dropped entries', () => {
    const kept = new Kept();
    const shown = new VisibleEntries(kept);
    kept.add(notification('a'));
    shown.update(EVERYTHING, 9);
    kept.clear();
    kept.add(notification('a'));
    shown.update(EVERYTHING, 9);
    expect(numbers(shown)).toEqual([1]);
  });
});
