import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PathPattern } from './path-pattern.ts';
import { PathRefused } from './path-refused.ts';

const match = (pattern: string, path: string) => new PathPattern(pattern).match(path.split('/'));

describe('PathPattern', () => {
  test.each([
    ['test/dynamic', 'test/dynamic', {}],
    ['v{version}/{capture}/go', 'v2/ct1/go', { version: '2', capture: 'ct1' }],
    ['a/{b}/c', 'a/b/c', { b: 'b' }],
    ['{page}.html', 'a.html.html', { page: 'a.html' }],
    ['x{n}x', 'xxx', { n: 'x' }],
    ['{__proto__}', 'x', { ['__proto__']: 'x' }],
    ['{a-b_c.1}', '{x}', { 'a-b_c.1': '{x}' }],
    ['käse/☃', 'käse/☃', {}],
    ['a b', 'a b', {}],
  ])('%s matches %s', (pattern, path, captures) => {
    const found = match(pattern, path);
    expect(Object.entries(found ?? { none: '' })).toEqual(Object.entries(captures));
  });

  test.each([
    ['test', 'Test'],
    ['test', 'test/'],
    ['test', ''],
    ['test/{a}', 'test/'],
    ['test/{a}', 'test/a/b'],
    ['{a}/x', '/x'],
    ['v{version}', 'v'],
    ['x{n}x', 'xx'],
    ['x{n}', 'yx'],
    ['{n}x', 'xy'],
  ])('%s does not match %j', (pattern, path) => {
    expect(match(pattern, path)).toBeUndefined();
  });
});

test.each([
  ['a//b', 'empty segments'],
  ['a/../b', '`..`'],
  ['.', '`.`'],
  ['a?b', 'must not have'],
  ['a#b', 'must not have'],
  ['a%20b', 'must not have'],
  ['a\\b', 'must not have'],
  ['a\nb', 'must not have'],
  ['a\u0000', 'must not have'],
  ['\ud800', 'must not have'],
  ['{a}-{b}', 'Only one parameter is allowed per path segment'],
  ['{a}{b}', 'Only one parameter is allowed per path segment'],
  ['{a', 'unbalanced braces'],
  ['a}', 'unbalanced braces'],
  ['{{a}}', 'unbalanced braces'],
  ['{}', 'must have a name'],
  ['{a b}', 'must have a name'],
  ['{a"}', 'must have a name'],
  ['{é}', 'must have a name'],
  ['{a}/{a}', 'Duplicate capture: a'],
  ['{a_b}/x/{ab}', 'Duplicate capture: ab'],
  ['{-}/{_}', 'Duplicate capture: _'],
])('%j cannot be registered', (pattern, words) => {
  expect(() => new PathPattern(pattern)).toThrow(PathRefused);
  expect(() => new PathPattern(pattern)).toThrow(words);
});

// Words of up to five letters over an alphabet of two cover all cases of prefixes and suffixes.
const LETTERS = ['a', 'b'];
const WORDS = ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb'];
const PATHS = words(5).filter((word) => word !== '');

function words(length: number): string[] {
  if (length === 0) return [''];
  const shorter = words(length - 1);
  return [
    ...new Set([...shorter, ...shorter.flatMap((word) => LETTERS.map((letter) => word + letter))]),
  ];
}

const segment = fc.oneof(
  fc.constantFrom(...WORDS.filter((word) => word !== '')),
  fc
    .tuple(fc.constantFrom(...WORDS), fc.constantFrom(...WORDS))
    .map(([prefix, suffix]) => `${prefix}{x}${suffix}`),
);

describe('covers and compare', () => {
  test('agree with the paths that the patterns match', () => {
    fc.assert(
      fc.property(segment, segment, (one, two) => {
        const [first, second] = [new PathPattern(one), new PathPattern(two)];
        const matched = (pattern: PathPattern) =>
          PATHS.filter((path) => pattern.match([path]) !== undefined);
        const [ofFirst, ofSecond] = [matched(first), new Set(matched(second))];
        const isWithin = ofFirst.every((path) => ofSecond.has(path));
        expect(second.covers(first)).toBe(isWithin);
        if (isWithin) expect(first.compare(second)).toBeLessThanOrEqual(0);
        expect(Math.sign(first.compare(second))).toBe(0 - Math.sign(second.compare(first)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('compare segment by segment', () => {
    const covers = (one: string, two: string) => new PathPattern(one).covers(new PathPattern(two));
    expect(covers('a/{x}', '{x}/b') || covers('{x}/b', 'a/{x}')).toBe(false);
    expect(covers('{x}/{y}', 'a/{x}')).toBe(true);
    expect(covers('{x}/{y}', '{a}/{b}') && covers('{a}/{b}', '{x}/{y}')).toBe(true);
    expect(covers('{x}', 'a/b') || covers('{x}/{y}', 'a')).toBe(false);
    const sorted = ['a', '{x}', 'a/b', 'a/{x}', 'a{x}c/b', 'a{x}/b', '{x}bc/b', '{x}c/b', '{x}/b'];
    const patterns = sorted.map((text) => ({ text, pattern: new PathPattern(text) }));
    const order = patterns.toReversed().toSorted((one, two) => one.pattern.compare(two.pattern));
    expect(order.map(({ text }) => text)).toEqual(sorted);
  });

  test('prefix, captured text and suffix form the path', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9 !$&'()*+,;=:@_.~é☃-]{1,8}$/u);
    fc.assert(
      fc.property(
        text,
        text,
        fc.string({ minLength: 1, unit: 'binary' }),
        (before, behind, value) => {
          fc.pre(!['.', '..'].includes(before + behind));
          const pattern = new PathPattern(`${before}{value}${behind}`);
          expect(pattern.match([before + value + behind])).toEqual({ value });
        },
      ),
    );
  });
});
