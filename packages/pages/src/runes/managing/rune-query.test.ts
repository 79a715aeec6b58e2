import { Master, Restriction, restrictionsInEnglish } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { type NodeRune, readNodeRune } from './node-rune.ts';
import { ALL_RUNES, queryRunes, type RuneQuery } from './rune-query.ts';

const NOW = 1_800_000_000n;
const MASTER = new Master(new Uint8Array(32));

function nodeRune(id: number, more: object, ...restrictions: readonly string[]): NodeRune {
  const parsed = restrictions.map((text) => Restriction.parse(text));
  const read = readNodeRune({
    rune: MASTER.create(String(id), parsed).toBase64(),
    unique_id: String(id),
    restrictions_as_english: restrictionsInEnglish(parsed),
    ...more,
  });
  if (read === undefined) throw new Error('no rune');
  return read;
}

const RUNES = [
  nodeRune(1, { last_used: 5 }, 'name#beta', 'method=pay'),
  nodeRune(2, { last_used: 9, blacklisted: true }, 'name#Alpha 10', 'time<1900000000'),
  nodeRune(3, {}, 'name#alpha 9', 'time<1700000000'),
  nodeRune(10, {}, 'method=invoice'),
];

function ids(query: Partial<RuneQuery>): number[] {
  return queryRunes(RUNES, { ...ALL_RUNES, ...query }, NOW).map(({ id }) => Number(id));
}

describe('the list of runes', () => {
  test.each([
    ['newest', [10, 3, 2, 1]],
    ['name', [3, 2, 1, 10]],
    ['used', [2, 1, 10, 3]],
    ['expiry', [3, 2, 10, 1]],
  ] as const)('in the order %s', (order, expected) => {
    expect(ids({ order })).toEqual(expected);
  });

  test.each([
    ['active', [10, 1]],
    ['expired', [3]],
    ['revoked', [2]],
    ['unused', [10, 3]],
  ] as const)('with the state %s', (state, expected) => {
    expect(ids({ state })).toEqual(expected);
  });

  test.each([
    ['ALPHA', [3, 2]],
    ['alpha 9', [3]],
    ['invoice', [10]],
    ['pay beta', [1]],
    ['10', [10, 2]],
    ['nothing', []],
    ['.*', []],
  ])('that match %j', (words, expected) => {
    expect(ids({ words })).toEqual(expected);
  });

  test('of ten thousand runes is searched quickly', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...RUNES[i % 4], id: BigInt(i) }));
    const start = performance.now();
    queryRunes(many as NodeRune[], { words: 'alpha', state: 'all', order: 'name' }, NOW);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
