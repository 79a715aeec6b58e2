import { expect, test } from 'vitest';
import { secondsOf } from './moment.ts';

test('a date and a time are local', () => {
  const local = new Date(2030, 0, 31, 12, 30, 15).getTime() / 1000;
  expect(secondsOf('2030-01-31T12:30:15')).toBe(BigInt(local));
  expect(secondsOf('2030-01-31T12:30')).toBe(BigInt(local - 15));
  expect(secondsOf('2030-01-31T12:30:15.999')).toBe(BigInt(local));
});

test('seconds are accepted unchanged', () => {
  expect(secondsOf(' 1893456000 ')).toBe(1_893_456_000n);
});

test.each(['', 'soon', '2030-01-31', '2030-13-31T12:30', '-5', '1e9', '9'.repeat(16)])(
  '%j is rejected',
  (text) => {
    expect(secondsOf(text)).toBeUndefined();
  },
);
