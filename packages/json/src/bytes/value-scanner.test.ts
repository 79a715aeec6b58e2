import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, cuts, jsonText } from '@clnrest/testing/json-arbitrary';
import { FrameError } from './frame-error.ts';
import { ValueScanner } from './value-scanner.ts';

/** Scans the pieces and returns the length of the value in bytes, or -1. */
function lengthOf(pieces: readonly Buffer[]): number {
  const scanner = new ValueScanner();
  let before = 0;
  for (const piece of pieces) {
    const end = scanner.scan(piece, 0);
    if (end >= 0) return before + end;
    before += piece.length;
  }
  return -1;
}

describe('the end of a value', () => {
  test('is found for any value, white space, split and following text', () => {
    fc.assert(
      fc.property(
        jsonText,
        cuts,
        fc.constantFrom(',"next":1}', '}', ']', ' ', '\n\n{"a":1}', '\t,'),
        (text, at, behind) => {
          const bytes = Buffer.from(text + behind, 'utf8');
          expect(lengthOf(cut(bytes, at))).toBe(Buffer.byteLength(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is found when every byte arrives separately', () => {
    const text = '{"a\\\\":"\\"}","b":[{},[],"\\\\\\"",-1.5e3,true],"ü\\u00e9":null}';
    const bytes = Buffer.from(`${text}\n\n`, 'utf8');
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    expect(lengthOf(pieces)).toBe(Buffer.byteLength(text));
  });

  test('is found for every split of a long string with escapes', () => {
    const inner = String.raw`${'x'.repeat(40)}\\\"${'y'.repeat(40)}\\${'z'.repeat(30)}\"\\`;
    const text = `["${inner}"]`;
    const bytes = Buffer.from(`${text} `, 'utf8');
    for (let at = 0; at <= bytes.length; at++) {
      expect(lengthOf([bytes.subarray(0, at), bytes.subarray(at)])).toBe(text.length);
    }
  });

  test('is not found before the last byte', () => {
    fc.assert(
      fc.property(
        jsonText,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (text, part) => {
          const bytes = Buffer.from(text, 'utf8');
          expect(lengthOf([bytes.subarray(0, Math.floor(part * bytes.length))])).toBe(-1);
        },
      ),
    );
  });

  test('is found in deep nesting', () => {
    const text = `${'[{"a":'.repeat(100_000)}0${'}]'.repeat(100_000)}`;
    expect(lengthOf([Buffer.from(text)])).toBe(text.length);
  });

  test.each(['}', ']', ',', ':', 'x', '\0', 'é'])(
    'is an error if the value starts with %j',
    (text) => {
      expect(() => lengthOf([Buffer.from(text)])).toThrow(FrameError);
    },
  );

  test.each(['[}', '{]', '[[]}', '{"a":[1,2}'])('is an error if brackets mismatch: %s', (text) => {
    expect(() => lengthOf([Buffer.from(text)])).toThrow(FrameError);
  });
});
