import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { laidOut } from './laid-out.ts';

const lay = (text: string): string => [...laidOut(text)].map((piece) => piece.text).join('');

describe('laid out', () => {
  test('JSON is JSON with a line for each member', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), (value) => {
        expect(lay(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('it means the same, whatever its strings hold, and shows all that is in them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = lay(JSON.stringify(value));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test.each(['18446744073709551615', '1.10', '-0', '1e400', '0.1000000000000000055'])(
    'the number %s stands as it is written',
    (number) => {
      expect(lay(`{"a":[${number}]}`)).toBe(`{\n  "a": [\n    ${number}\n  ]\n}`);
    },
  );

  test('what a piece is', () => {
    const text = '{"a": ["b", 1, true, {"c":null}], "d":{}}';
    const pieces = [...laidOut(text)].filter(({ kind }) => kind !== 'between');
    expect(pieces.map(({ kind, text: piece }) => `${kind} ${piece}`)).toEqual([
      'name "a"',
      'string "b"',
      'number 1',
      'word true',
      'name "c"',
      'word null',
      'name "d"',
    ]);
  });

  test('what would turn the line around or hide is an escape', () => {
    expect(lay('["paid \u202E5 msat\u200B"]')).toBe('[\n  "paid \\u202e5 msat\\u200b"\n]');
    expect(lay('["\u{E0041}"]')).toBe('[\n  "\\udb40\\udc41"\n]');
  });

  test('deep nesting and long strings take no recursion, and time in proportion', () => {
    const deep = lay(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`);
    expect(deep.length).toBeLessThan(200_000 * 70);
    const quotes = JSON.stringify(['\\"'.repeat(500_000)]);
    expect(JSON.parse(lay(quotes))).toEqual(JSON.parse(quotes));
  });
});
