import { Restriction, Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { concernsOf, concernsOfOriginal } from './concerns.ts';

const CODE = '0'.repeat(64);
const about = (text: string): string[] =>
  concernsOf(Rune.fromString(`${CODE}:${text}`), 0n).map(({ message }) => message);

test('what lint finds concerns', () => {
  expect(about('=0')).toEqual(['no restrictions: whoever holds this rune can empty the node']);
  expect(about('=0&method=pay')).toEqual([]);
  const rune = Rune.fromString(`${CODE}:=0`).restrict(Restriction.of('bogus=1'));
  expect(concernsOf(rune, 0n).map(({ restriction }) => restriction)).toContain(0);
});

test('and so does what no node accepts', () => {
  expect(about('method=pay')).toEqual(['this rune has no unique id: no node accepts it']);
  expect(about('=seventeen&method=pay')).toEqual([
    'the unique id of this rune is no number: no node accepts it',
  ]);
  expect(about('=1-2&method=pay')).toEqual([
    'this rune is of a version that no node makes or accepts',
  ]);
});

test('and so does an unrestricted rune that another was made of', () => {
  const [open, narrow] = ['=0', '=0&method=pay'].map((text) => Rune.fromString(`${CODE}:${text}`));
  const added = [Restriction.of('rate=1')];
  expect(open && concernsOfOriginal(open, added, 0n)).toEqual([
    {
      severity: 'hint',
      message:
        'the rune that was pasted is as unrestricted as before: hand out only the one that is made here',
    },
  ]);
  expect(open && concernsOfOriginal(open, [], 0n)).toEqual([]);
  expect(narrow && concernsOfOriginal(narrow, added, 0n)).toEqual([]);
});
