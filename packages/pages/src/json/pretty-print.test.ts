import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prettyPrint } from './pretty-print.ts';

const lay = (text: string): string => [...prettyPrint(text)].map((piece) => piece.text).join('');

describe('pretty-printed JSON', () => {
  test('has a line for each member', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), (value) => {
        expect(lay(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('has the same value, with all characters visible', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = lay(JSON.stringify(value));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test.each(['18446744073709551615', '1.10', '-0', '1e400', '0.1000000000000000055'])(
    'the number %s keeps its digits',
    (number) => {
      expect(lay(`{"a":[${number}]}`)).toBe(`{\n  "a": [\n    ${number}\n  ]\n}`);
    },
  );

  test('is divided into pieces, each with its kind', () => {
    const text = '{"a": ["b", 1, true, {"c":null}], "d":{}}';
    const pieces = [...prettyPrint(text)].filter(({ kind }) => kind !== 'between');
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

  test('escapes invisible characters and those that change the writing direction', () => {
    expect(lay('["paid \u202E5 msat\u200B"]')).toBe('[\n  "paid \\u202e5 msat\\u200b"\n]');
    expect(lay('["\u{E0041}"]')).toBe('[\n  "\\udb40\\udc41"\n]');
  });

  test('needs no recursion and linear time for deep nesting and long strings', () => {
    const deep = lay(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`);
    expect(deep.length).toBeLessThan(200_000 * 70);
    const quotes = JSON.stringify(['\\"'.repeat(500_000)]);
    expect(JSON.parse(lay(quotes))).toEqual(JSON.parse(quotes));
  });
});
