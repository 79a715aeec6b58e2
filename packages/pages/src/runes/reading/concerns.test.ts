import { Restriction, Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { concernsOf } from './concerns.ts';

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
