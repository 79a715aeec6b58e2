import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { canonicalParameters } from './canonical-json.ts';
import { mergeParameters } from './merge.ts';

test.each([
  ['{}', '{}', '{}'],
  ['{}', '[1]', '[1]'],
  ['{}', '{"a":1}', '{"a":1}'],
  ['{"a":"1"}', '{}', '{"a":"1"}'],
  ['{"a":"1"}', '[]', '{"a":"1"}'],
  ['{"a":"1"}', '{"b":18446744073709551615}', '{"a":"1","b":18446744073709551615}'],
])('%s and %s merge into %s', (outside, body, both) => {
  expect(mergeParameters(outside, body)).toBe(both);
});

test.each([
  ['{"a":"1"}', '{"a":"1"}', 'duplicate_key', 'Duplicate key: a'],
  ['{"a_b":"1","c":"2"}', '{"x":0,"ab":[]}', 'duplicate_key', 'Duplicate key: a_b'],
  ['{"-":"1"}', '{"_____":1}', 'duplicate_key', 'Duplicate key: -'],
  ['{"a":"1"}', '["a"]', 'positional_parameters', undefined],
])('%s and %s are refused: %s', (outside, body, kind, words) => {
  const merge = () => mergeParameters(outside, body);
  expect(merge).toThrow(Refusal);
  expect(merge).toThrow(expect.objectContaining({ kind, ...(words && { message: words }) }));
});

test('the merged text of canonical texts is canonical', () => {
  const name = fc.stringMatching(/^[a-z_]{1,3}$/);
  const object = fc.dictionary(name, fc.jsonValue()).map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(object, object, (one, two) => {
      try {
        const merged = mergeParameters(canonicalParameters(one), canonicalParameters(two));
        expect(canonicalParameters(merged)).toBe(merged);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }),
  );
});
