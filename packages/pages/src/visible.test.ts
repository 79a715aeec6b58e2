import { expect, test } from 'vitest';
import { visible } from './visible.ts';

test.each([
  ['plain text, é☃😀 and <b>markup</b>', 'plain text, é☃😀 and <b>markup</b>'],
  ['a\u202eb', String.raw`a\u202eb`],
  ['a\nb\tc\0', String.raw`a\u000ab\u0009c\u0000`],
  ['\u2028\u2066\u200b\ufeff', String.raw`\u2028\u2066\u200b\ufeff`],
  ['\u{e0041}', String.raw`\u{e0041}`],
  // A byte of a rune that is not valid UTF-8, and another unpaired surrogate.
  ['\udcff\ud83d', String.raw`\xff\ud83d`],
])('shows what can not be seen: %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});
