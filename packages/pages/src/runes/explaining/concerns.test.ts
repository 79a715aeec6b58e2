import { Restriction, Rune } from '@clnrest/runes';
import { expect, test } from 'vitest';
import type { Command } from '../node/commands.ts';
import { concernsOf, concernsOfOriginal, knownToLint } from './concerns.ts';

const CODE = '0'.repeat(64);
const about = (text: string): string[] =>
  concernsOf(Rune.fromString(`${CODE}:${text}`), 0n).map(({ message }) => message);

test('findings of lint are concerns', () => {
  expect(about('=0')).toEqual([
    expect.stringMatching(/^no restrictions: anyone who has this rune can spend all funds/),
  ]);
  expect(about('=0&method=getinfo')).toEqual([]);
  const rune = Rune.fromString(`${CODE}:=0`).restrict(Restriction.of('bogus=1'));
  expect(concernsOf(rune, 0n).map(({ restriction }) => restriction)).toContain(0);
});

test('names that the node does not know are concerns once its commands are loaded', () => {
  const rune = Rune.fromString(`${CODE}:=0&method=get_info|method=metrics|method=getinfo`);
  const concerns = (commands: readonly Command[] | undefined) =>
    concernsOf(rune, 0n, knownToLint(commands)).map(({ message }) => message);
  expect(concerns(undefined)).toEqual([]);
  // The list could not be loaded.
  expect(concerns([])).toEqual([]);
  expect(concerns([{ name: 'getinfo', parameters: [] }])).toEqual([
    "no command is named 'get_info'; did you mean 'getinfo'?",
  ]);
});

test('parameters that the node does not know are concerns once its commands are loaded', () => {
  const rune = Rune.fromString(`${CODE}:=0&method=invoice|method=undescribed&pnamelable=x`);
  const concerns = (...names: readonly string[]) => {
    const commands = ['invoice', 'undescribed'].map((name) => ({
      name,
      parameters: names.includes(name) ? [{ name: 'label', required: true }] : [],
    }));
    return concernsOf(rune, 0n, knownToLint(commands)).map(({ message }) => message);
  };
  expect(concerns('invoice', 'undescribed')).toEqual([
    "no command of this rune has a parameter 'lable'; write 'pnamelabel=x'",
  ]);
  // Some plugins do not describe the parameters of their commands.
  expect(concerns('invoice')).toEqual([]);
});

test('a rune that no node accepts is a concern', () => {
  expect(about('method=getinfo')).toEqual(['no unique id: no node accepts this rune']);
  expect(about('=seventeen&method=getinfo')).toEqual([
    'the unique id is not a number: no node accepts this rune',
  ]);
  expect(about('=1-2&method=getinfo')).toEqual([
    'this rune has a version, and nodes accept only runes without one',
  ]);
});

test('an unrestricted rune remains a concern after adding restrictions', () => {
  const [open, narrow] = ['=0', '=0&method=pay'].map((text) => Rune.fromString(`${CODE}:${text}`));
  const added = [Restriction.of('rate=1')];
  expect(open && concernsOfOriginal(open, added, 0n)).toEqual([
    {
      severity: 'hint',
      message:
        'the rune you pasted is still unrestricted: share only the new, restricted rune below',
    },
  ]);
  expect(open && concernsOfOriginal(open, [], 0n)).toEqual([]);
  expect(narrow && concernsOfOriginal(narrow, added, 0n)).toEqual([]);
});
