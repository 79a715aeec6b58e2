import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeJson } from './encode.ts';
import { parseJson } from './parse.ts';

/** JSON values without -0: integers of any size, doubles with a fraction. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
}));

describe('parseJson and encodeJson', () => {
  test('every value survives a round trip', () => {
    fc.assert(
      fc.property(value, (value) => {
        expect(parseJson(encodeJson(value))).toEqual(value);
      }),
    );
  });
});
