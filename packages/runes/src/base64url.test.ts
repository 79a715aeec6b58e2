import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { RuneSyntaxError } from './errors.ts';

const padded = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

test('any bytes are encoded with padding, and decoded with or without it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(padded(bytes));
      expect(decodeBase64Url(text)).toEqual(bytes);
      expect(decodeBase64Url(text.replaceAll('=', ''))).toEqual(bytes);
    }),
  );
});

test('each byte sequence has one text: any other is rejected', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'AQgwz-_+/=9 é\u0100'), maxLength: 12 }),
      (text) => {
        let bytes;
        try {
          bytes = decodeBase64Url(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RuneSyntaxError);
          return;
        }
        expect([padded(bytes), padded(bytes).replaceAll('=', '')]).toContain(text);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  ['AA+A', 2],
  ['AAA\u0141', 3],
  ['A', 0],
  ['AB', 1],
  ['AAF', 2],
  ['AA=', 2],
])('the offset of the problem in %s is %i', (text, offset) => {
  expect(() => decodeBase64Url(text)).toThrow(
    expect.objectContaining({ code: 'bad_base64', offset }),
  );
});
