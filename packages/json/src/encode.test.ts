import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeJson } from './encode.ts';
import { RawJson } from './raw-json.ts';

/** Objects that JSON.stringify converts without loss. */
const object = fc.object({
  withDate: true,
  withSparseArray: true,
  values: [
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.string(),
    fc.maxSafeInteger(),
    fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
  ],
});

describe('encodeJson', () => {
  test('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(object, (value) => {
        expect(encodeJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  test('writes the same with a bigint', () => {
    fc.assert(
      fc.property(object, (value) => {
        expect(encodeJson([value, 1n])).toBe(`[${JSON.stringify(value)},1]`);
      }),
    );
  });

  test('writes bigints and raw texts digit for digit, at any depth', () => {
    const value = {
      msat: 18446744073709551615n,
      raw: new RawJson('1.50'),
      list: [{ n: -1n, gone: undefined }, undefined, new RawJson('{ "a": 1 }')],
    };
    expect(encodeJson(value)).toBe(
      '{"msat":18446744073709551615,"raw":1.50,"list":[{"n":-1},null,{ "a": 1 }]}',
    );
    expect(encodeJson(5n)).toBe('5');
    expect(encodeJson(new RawJson('"x"'))).toBe('"x"');
  });

  test('writes a text from RawJson.checked verbatim', () => {
    expect(encodeJson(RawJson.checked('{ "a": 1.50 }'))).toBe('{ "a": 1.50 }');
    expect(encodeJson([RawJson.checked('1.50')])).toBe('[1.50]');
  });

  test('does not escape characters beyond ASCII', () => {
    expect(encodeJson({ label: 'ä€𝄞' })).toBe('{"label":"ä€𝄞"}');
  });

  test('rejects values without a JSON text', () => {
    const cycle: Record<string, unknown> = { n: 1n };
    cycle['self'] = cycle;
    expect(() => encodeJson(cycle)).toThrow(TypeError);
    expect(() => encodeJson(undefined)).toThrow(TypeError);
    expect(() => encodeJson(() => 1)).toThrow(TypeError);
  });

  test.each([
    [2 ** 53, 'unsafe_integer'],
    [-(2 ** 60), 'unsafe_integer'],
    [1e300, 'unsafe_integer'],
    [Object(2 ** 60), 'unsafe_integer'],
    [NaN, 'not_finite'],
    [-Infinity, 'not_finite'],
    [new Map([['a', 1]]), 'collection'],
    [new Set([1]), 'collection'],
  ])('rejects %s, which JSON.stringify would change', (value, problem) => {
    for (const [key, each] of [
      ['', value],
      ['a', { a: value }],
      ['0', [value]],
    ] as const) {
      expect(() => encodeJson(each)).toThrow(
        expect.objectContaining({ name: 'LossyValueError', problem, key }) as Error,
      );
    }
  });

  test('writes a string that looks like a mark unchanged', () => {
    const value = ['_1_2_3_0', 1n, new RawJson('"_1_2_3_1"')];
    expect(encodeJson(value)).toBe('["_1_2_3_0",1,"_1_2_3_1"]');
  });

  test.each(['', '{', '1 2', '{}{}', "{'a':1}"])(
    'a raw text must be one JSON value: rejects %j',
    (text) => {
      expect(() => new RawJson(text)).toThrow(SyntaxError);
    },
  );
});
