import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeJson, RawJson } from './encode.ts';

describe('encodeJson', () => {
  test('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.object({ withDate: true, withSparseArray: true }), (value) => {
        expect(encodeJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  test('writes the same on the slow path, which a bigint triggers', () => {
    fc.assert(
      fc.property(fc.object({ withDate: true, withSparseArray: true }), (value) => {
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

  test.each(['', '{', '1 2', '{}{}', "{'a':1}"])('a raw text is one JSON value: not %j', (text) => {
    expect(() => new RawJson(text)).toThrow(SyntaxError);
  });
});
