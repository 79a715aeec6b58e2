import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const NAMES = ['start', 'sandbox', 'cli', 'call', 'listen', 'doctor', 'rune', 'completion'];

test.each([
  ['cal', 'call'],
  ['rnue', 'rune'],
  ['DOCTOR', 'doctor'],
  ['sandbxo', 'sandbox'],
  ['completon', 'completion'],
  ['comp', 'completion'],
  ['lsiten', 'listen'],
])('%s means %s', (word, name) => {
  expect(suggest(word, NAMES)).toBe(name);
});

test.each(['', 'x', 'getinfo', '--', 'restart-everything', 'a'.repeat(100_000)])(
  '%.20s means none of the names',
  (word) => {
    expect(suggest(word, NAMES)).toBeUndefined();
  },
);

test('one edit of a longer name is understood', () => {
  const edited = fc
    .tuple(fc.constantFrom('sandbox', 'doctor', 'completion'), fc.nat(), fc.constantFrom('', 'z'))
    .map(([name, seed, letter]) => {
      const at = seed % name.length;
      return [name, name.slice(0, at) + letter + name.slice(at + 1)] as const;
    });
  fc.assert(fc.property(edited, ([name, word]) => suggest(word, NAMES) === name));
});
