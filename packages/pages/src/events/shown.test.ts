import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { EVERYTHING, type Filter, passes } from './filter.ts';
import { Kept } from './kept.ts';
import { Shown } from './shown.ts';

const told = (topic: string, text = '{}') => ({ kind: 'told', at: 0, topic, text }) as const;

describe('a filter', () => {
  const entry: Entry = { ...told('invoice_payment', '{"label":"Coffee"}'), number: 0 };
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

describe('what is shown', () => {
  const filter: Filter = { topics: new Set(['a']), words: '' };
  const numbers = ({ entries }: Shown): number[] => entries.map(({ number }) => number);

  test('is the same, whether one looks at all or at what came since', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'look'));
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
        const kept = new Kept();
        const advancing = new Shown(kept);
        for (const step of steps) {
          if (step === 'look') advancing.advance(filter, limit);
          else kept.add(told(step));
        }
        advancing.advance(filter, limit);
        const choosing = new Shown(kept);
        choosing.choose(filter, limit);
        expect([numbers(advancing), advancing.isMore]).toEqual([
          numbers(choosing),
          choosing.isMore,
        ]);
      }),
    );
  });

  test('is the newest, with a word that there are older ones', () => {
    const kept = new Kept();
    const shown = new Shown(kept);
    for (let i = 0; i < 4; i++) kept.add(told('a'));
    shown.choose(EVERYTHING, 4);
    expect([numbers(shown), shown.isMore]).toEqual([[3, 2, 1, 0], false]);
    shown.choose(EVERYTHING, 2);
    expect([numbers(shown), shown.isMore]).toEqual([[3, 2], true]);
  });

  test('has nothing that waits', () => {
    const kept = new Kept();
    const shown = new Shown(kept);
    for (let i = 0; i < 3; i++) kept.add(told('a'));
    shown.choose(EVERYTHING, 9, 1);
    expect(numbers(shown)).toEqual([0]);
    shown.advance(EVERYTHING, 9);
    expect(numbers(shown)).toEqual([2, 1, 0]);
  });

  test('has nothing any more that is not kept', () => {
    const kept = new Kept();
    const shown = new Shown(kept);
    kept.add(told('a'));
    shown.advance(EVERYTHING, 9);
    kept.clear();
    kept.add(told('a'));
    shown.advance(EVERYTHING, 9);
    expect(numbers(shown)).toEqual([1]);
  });
});
