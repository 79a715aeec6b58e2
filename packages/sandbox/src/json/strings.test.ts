import { expect, test } from 'vitest';
import { quote } from './strings.ts';

test('strings escape the same characters as lightningd', () => {
  expect(quote('a"b\\c/d\n\t\u0001\u007fé☃')).toBe('"a\\"b\\\\c/d\\n\\t\\u0001\\u007Fé☃"');
});
