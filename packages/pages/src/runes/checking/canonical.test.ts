import { RuneSyntaxError } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { canonical, canonicalValue, canonicalText } from './canonical.ts';

test.each([
  ['{ "a" : 1 , "b" : [ 1, "x y" ] }', '{"a":1,"b":[1,"x y"]}'],
  ['[ 1 , null ]', '[1,null]'],
  ['{"a":null,"b":{"c":null}}', '{"b":{"c":null}}'],
  [String.raw`{"level":"i\u006f"}`, '{"level":"io"}'],
  [String.raw`["\/ \" \\ \n \u001f \u00e9"]`, String.raw`["/ \" \\ \n \u001F é"]`],
  [String.raw`{"\u006cevel":"io"}`, '{"level":"io"}'],
  ['[18446744073709551615,1.50,1e3]', '[18446744073709551615,1.50,1e3]'],
  ['{}', '{}'],
])('%s is rewritten to the canonical form', (given, text) => {
  expect(canonical(given)).toBe(text);
});

test.each([
  '5',
  '',
  '{"a":1,}',
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '{"amount_msat":1,"amountmsat":2}',
  '{"a\\nb":1}',
  '["\\ud83d"]',
  '[1] x',
])('%s is refused, as the gateway does', (given) => {
  expect(() => canonical(given)).toThrow(RuneSyntaxError);
});

test('text is converted to the canonical content of a JSON string', () => {
  expect(canonicalText('a "b" \\ é\t\u001f')).toBe(String.raw`a \"b\" \\ é\t\u001F`);
  expect(canonicalValue('[ "a" , "b c"')).toBe('["a","b c"');
});
