import { expect, test } from 'vitest';
import { readPreferences } from './quality.ts';

test.each([
  ['', {}],
  [',, ,', {}],
  ['a', { a: 1 }],
  ['A/B ; Q=0.5 , c', { 'a/b': 0.5, c: 1 }],
  ['a;q=0', { a: 0 }],
  ['a;q=0.', { a: 0 }],
  ['a;q=1.000', { a: 1 }],
  ['a;level=1;q=0.3', { a: 0.3 }],
  ['a;q=0.3;ext=1', { a: 0.3 }],
  ['a;p="x,y;q=1";q=0.2, b', { a: 0.2, b: 1 }],
  ['a;p="\\"";q=0.2', { a: 0.2 }],
  ['a;p="unclosed, b;q=1', { a: 1 }],
  ['a;q=0.5, a;q=1', { a: 0.5 }],
  // Invalid weights.
  ['a;q=2', { a: 0 }],
  ['a;q=-1', { a: 0 }],
  ['a;q=0.1234', { a: 0 }],
  ['a;q=1e0', { a: 0 }],
  ['a;q=0x1', { a: 0 }],
  ['a;q=', { a: 0 }],
  ['a;q=nonsense', { a: 0 }],
])('%j', (header, expected) => {
  expect(Object.fromEntries(readPreferences(header))).toEqual(expected);
});

test('accepts a header of only separators', () => {
  expect(readPreferences('"'.repeat(16_000)).size).toBe(1);
  expect(readPreferences(','.repeat(16_000)).size).toBe(0);
  expect(readPreferences(';'.repeat(16_000)).size).toBe(0);
  expect(readPreferences('\\'.repeat(16_000)).size).toBe(1);
  expect(readPreferences('";\\"'.repeat(4_000)).size).toBe(1);
});
