import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { readParameters } from './parameters.ts';

test.each([
  ['application/json', '{"a":1}', '{"a":1}'],
  [undefined, '{"a":1}', '{"a":1}'],
  ['', '{"a":1}', '{"a":1}'],
  ['', '', '{}'],
  ['text/plain', '', '{}'],
  ['application/json', ' ', '{}'],
  ['application/json', '\r\n\t ', '{}'],
  ['', '\n', '{}'],
])('Content-Type %j with %j is the parameters %s', (type, body, params) => {
  expect(readParameters(type, Buffer.from(body))).toBe(params);
});

test.each([
  ['application/json', '\u00a0'],
  ['application/json', '\ufeff'],
  ['application/json', ' x'],
  ['text/plain', ' '],
])('Content-Type %j with %j is refused', (type, body) => {
  expect(() => readParameters(type, Buffer.from(body))).toThrow(Refusal);
});
