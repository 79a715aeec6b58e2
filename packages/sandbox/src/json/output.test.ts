import { LossyValueError, RawJson } from '@clnrest/json';
import { describe, expect, test } from 'vitest';
import { writeJson } from './output.ts';

describe('writeJson', () => {
  test('writes every digit of safe integers, fractions, bigints and raw texts', () => {
    const value = [2 ** 53 - 1, -(2 ** 53 - 1), 0.5, 2n ** 64n, RawJson.checked('1.50')];
    expect(writeJson(value)).toBe(
      '[9007199254740991,-9007199254740991,0.5,18446744073709551616,1.50]',
    );
  });

  test.each([2 ** 53, -(2 ** 53), 1e21, NaN, Infinity, -Infinity])('rejects %d', (number) => {
    expect(() => writeJson({ amount_msat: number })).toThrow(LossyValueError);
  });
});
