import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText, whiteSpace } from '@clnrest/testing/json-arbitrary';
import { readElements } from './elements.ts';
import { FrameError } from './frame-error.ts';

describe('readElements', () => {
  test('returns every element verbatim', () => {
    fc.assert(
      fc.property(fc.array(jsonText, { maxLength: 5 }), whiteSpace, (elements, space) => {
        const text = `${space}[${space}${elements.join(`${space},${space}`)}${space}]${space}`;
        expect(readElements(text)).toEqual(elements);
      }),
    );
  });

  test.each(['', '{}', '[', '[1', '[1,', '[1,]', '[,]', '[1 2]', '[1][2]', '[1] x', '[x]'])(
    'refuses %j',
    (text) => {
      expect(() => readElements(text)).toThrow(FrameError);
    },
  );
});
