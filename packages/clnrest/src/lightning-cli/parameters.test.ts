import { expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { parametersFromWords } from './parameters.ts';

// What lightning-cli v26.06 sends for the same words.
test.each([
  [[], '[]'],
  [['null', '[["method=getinfo"]]'], '[null,[["method=getinfo"]]]'],
  [['10000', 'my label', 'my description'], '[10000,"my label","my description"]'],
  [['null', 'readonly'], '[null,"readonly"]'],
  [['rune=abc==', 'restrictions=readonly'], '{"rune":"abc==","restrictions":"readonly"}'],
  [['a=[["x=1"]]', 'b=true', 'c='], '{"a":[["x=1"]],"b":true,"c":""}'],
  [['any', 'a=b'], '["any","a=b"]'],
  [['0012', '0', '10', '1.5'], '["0012",0,10,1.5]'],
  [['"quoted"', 'un"quoted', 'é☃'], '["quoted","un\\"quoted","é☃"]'],
  [['18446744073709551615'], '[18446744073709551615]'],
  [['-5', 'nullx', 'TRUE'], '["-5","nullx","TRUE"]'],
])('%j → %s', (words, text) => {
  expect(parametersFromWords(words, 'auto')).toBe(text);
});

test('-k and -o override the first word', () => {
  expect(parametersFromWords(['a=b'], 'ordered')).toBe('["a=b"]');
  expect(parametersFromWords(['string=x=='], 'keywords')).toBe('{"string":"x=="}');
  expect(() => parametersFromWords(['a'], 'keywords')).toThrow(UsageError);
});

test.each(['{bad}', '[1,]', '1.2.3', '"'])('%j looks like JSON but is malformed', (word) => {
  expect(() => parametersFromWords([word], 'auto')).toThrow(UsageError);
});
