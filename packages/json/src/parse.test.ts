import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonText } from '@clnrest/testing/json-arbitrary';
import { encodeJson } from './encode.ts';
import { parseJson } from './parse.ts';

describe('parseJson', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740991', -9007199254740991],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['1.00000000000000001', 1],
    ['12345678901234567.5', 12345678901234568],
    ['1234567890123456789e-3', 1234567890123456.75],
    ['"9007199254740993"', '9007199254740993'],
    ['{"9007199254740993":[":9007199254740993"]}', { '9007199254740993': [':9007199254740993'] }],
    ['["\\\\",9007199254740993,"\\""]', ['\\', 9007199254740993n, '"']],
  ])('reads %s exactly', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  test('keeps every digit of an integer, wherever it occurs', () => {
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
        expect(encodeJson(parseJson(text))).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  test('returns what JSON.parse returns, apart from large integers', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(JSON.stringify(parseJson(text), asNumber)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('accepts the texts that JSON.parse accepts, and rejects all others', () => {
    const jsonLike = fc.string({
      unit: fc.constantFrom(...'{}[]:,"\\ -+.eE01', '9007199254740993', 'true', 'null', '\n'),
    });
    fc.assert(
      fc.property(jsonLike, (text) => {
        const accepts = (parse: (text: string) => unknown): boolean => {
          try {
            parse(text);
            return true;
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
            return false;
          }
        };
        expect(accepts(parseJson)).toBe(accepts(JSON.parse));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps names of Object.prototype', () => {
    const text = '{"__proto__":9007199254740993,"constructor":1}';
    expect(encodeJson(parseJson(text))).toBe(text);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test('reads deep and large texts without recursion, in linear time', () => {
    let inner = parseJson(`${'['.repeat(100_000)}9007199254740993${']'.repeat(100_000)}`);
    while (Array.isArray(inner)) inner = inner[0] as unknown;
    expect(inner).toBe(9007199254740993n);
    const quotes = `["${'\\"'.repeat(1_000_000)}",9007199254740993]`;
    expect(parseJson(quotes)).toEqual(['"'.repeat(1_000_000), 9007199254740993n]);
  });

  test('rejects an integer of more than 10,000 digits', () => {
    expect(parseJson('1'.repeat(10_000))).toBe(BigInt('1'.repeat(10_000)));
    expect(() => parseJson(`[${'1'.repeat(10_001)}]`)).toThrow(SyntaxError);
  });
});

function asNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
