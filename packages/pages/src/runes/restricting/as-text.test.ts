import { describe, expect, test } from 'vitest';
import { readRestrictionsText } from './as-text.ts';

function encoded(text: string): readonly string[] | string {
  const read = readRestrictionsText(text);
  return 'problem' in read ? read.problem : read.restrictions.map((each) => each.encode());
}

describe('restrictions as text', () => {
  test.each([
    ['method=pay|method=xpay', ['method=pay|method=xpay']],
    [' method=pay & time<5 \n\n rate=60 ', ['method=pay ', ' time<5', 'rate=60']],
    ['method=pay\r\nrate=60', ['method=pay', 'rate=60']],
    [String.raw`pnamelabel=a\|b\&c\\d`, [String.raw`pnamelabel=a\|b\&c\\d`]],
    ['readonly', ['method^list|method^get|method=summary', 'method/listdatastore']],
    ['"readonly"', ['method^list|method^get|method=summary', 'method/listdatastore']],
    ['[["method=pay","rate=2|3"],["time<5"]]', [String.raw`method=pay|rate=2\|3`, 'time<5']],
    ['["method=pay|rate=2","time<5"]', ['method=pay|rate=2', 'time<5']],
    ['"method=pay"', ['method=pay']],
    ['note#for the shop', ['note#for the shop']],
  ])('%j', (text, expected) => {
    expect(encoded(text)).toEqual(expected);
  });

  test.each([
    ['', 'Enter a restriction.'],
    ['method', 'Line 1, “method”: syntax error at character 7: an operator is missing.'],
    ['rate=1\n=5', 'Line 2, “=5”: syntax error at character 1: a field name is missing.'],
    ['a=1|', 'Line 1, “a=1|”: syntax error at character 5: an operator is missing.'],
    ['a=1\\', 'Line 1, “a=1\\”: syntax error at character 4: a backslash must be followed'],
    ['a=\u202e\0', String.raw`Line 1, “a=\u202e\u0000”: syntax error at character 4: a zero byte`],
    ['a=\ud83d', 'an unpaired surrogate'],
    [`a${'é'.repeat(100)}`, `Line 1, “a${'é'.repeat(59)}…”: syntax error at character 102`],
    ['[["a=1"]', 'Syntax error at character 9'],
    ['[[]]', 'An empty restriction never holds'],
    ['[5]', 'not a valid restriction'],
  ])('%j is rejected', (text, words) => {
    expect(encoded(text)).toContain(words);
  });

  test('empty parts between & are ignored', () => {
    expect(encoded('a=1&&b=2')).toEqual(['a=1', 'b=2']);
  });
});
