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

  test('integers keep every digit in every position', () => {
    const place = fc.constantFrom(
      '@',
      '[@]',
      ' @ ',
      '{"a":@}',
      '{"a" : [1,\n@ ,"@"]}',
      '["\\"",@]',
    );
    fc.assert(
      fc.property(fc.bigInt(), place, (integer, place) => {
        const text = place.replaceAll('@', String(integer));
        expect(encodeJson({ value: parseJson(text) })).toBe(
          `{"value":${text.replaceAll(/\s/g, '')}}`,
        );
      }),
    );
  });

  test('accepts the same texts as JSON.parse', () => {
    const jsonLike = fc.string({
      unit: fc.constantFrom(...'{}[]:,"\\ -+.eE01', '9007199254740993', 'true', 'null', '\n'),
    });
    fc.assert(
      fc.property(jsonLike, (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJson(text)).toThrow(SyntaxError);
          return;
        }
        // A bigint rounds to the double that JSON.parse returns.
        expect(JSON.stringify(parseJson(text), asNumber)).toEqual(JSON.stringify(expected));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['1.00000000000000001', 1],
    ['12345678901234567.5', 12345678901234568],
    ['1234567890123456789e-3', 1234567890123456.75],
    ['1e3', 1000],
    ['"9007199254740993"', '9007199254740993'],
    ['[":9007199254740993"]', [':9007199254740993']],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  test('names such as __proto__ are ordinary names', () => {
    const parsed = parseJson('{"__proto__":9007199254740993,"constructor":1}');
    expect(Object.keys(parsed as object)).toEqual(['__proto__', 'constructor']);
    expect(encodeJson(parsed)).toBe('{"__proto__":9007199254740993,"constructor":1}');
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object);
  });

  test('deep and large texts need no recursion and take linear time', () => {
    const deep = `${'['.repeat(100_000)}9007199254740993${']'.repeat(100_000)}`;
    let inner = parseJson(deep);
    while (Array.isArray(inner)) inner = inner[0] as unknown;
    expect(inner).toBe(9007199254740993n);
    const quotes = `["${'\\"'.repeat(1_000_000)}",9007199254740993]`;
    expect(parseJson(quotes)).toEqual(['"'.repeat(1_000_000), 9007199254740993n]);
    expect(() => parseJson('1'.repeat(10_001))).toThrow(SyntaxError);
  });
});

function asNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
