import { describe, expect, test } from 'vitest';
import { lookUp, rangeInWords, readBlacklist, readIdRange } from './blacklist.ts';

describe('the blacklist', () => {
  test('is read, without malformed items', () => {
    const blacklist = [
      { start: 1, end: 3 },
      { start: 7n, end: 7n },
      { start: 1.5, end: 2 },
      null,
      {},
    ];
    expect(readBlacklist({ blacklist })).toEqual([
      { start: 1n, end: 3n },
      { start: 7n, end: 7n },
    ]);
    for (const other of [undefined, {}, { blacklist: 5 }]) expect(readBlacklist(other)).toEqual([]);
  });

  test('contains the first and the last id of a range', () => {
    const isRevoked = lookUp([
      { start: 7n, end: 7n },
      { start: 1n, end: 3n },
      { start: 90n, end: 99n },
    ]);
    const ids = [0n, 1n, 2n, 3n, 4n, 6n, 7n, 8n, 89n, 90n, 99n, 100n];
    expect(ids.filter(isRevoked)).toEqual([1n, 2n, 3n, 7n, 90n, 99n]);
    expect(lookUp([])(1n)).toBe(false);
  });
});

describe('a range of ids', () => {
  test.each([
    ['5', '9', { start: 5n, end: 9n }],
    [' 5 ', '', { start: 5n, end: 5n }],
    ['0', '99999999', { start: 0n, end: 99_999_999n }],
  ])('%j to %j', (first, last, range) => {
    expect(readIdRange(first, last)).toEqual(range);
  });

  test.each([
    ['50', '40', 'The last id must not be less than the first.'],
    ['', '', 'Enter ids, which are numbers from 0.'],
    ['', '4', 'Enter ids, which are numbers from 0.'],
    ['-1', '4', 'Enter ids, which are numbers from 0.'],
    ['1', '1.5', 'Enter ids, which are numbers from 0.'],
    ['1', '100000000', 'A node can revoke only ids below 100000000.'],
  ])('rejects %j to %j', (first, last, problem) => {
    expect(readIdRange(first, last)).toEqual({ problem });
  });

  test('in words', () => {
    expect(rangeInWords({ start: 5n, end: 5n })).toBe('rune 5');
    expect(rangeInWords({ start: 5n, end: 9n })).toBe('runes 5 to 9');
  });
});
