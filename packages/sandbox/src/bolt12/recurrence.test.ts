import { describe, expect, test } from 'vitest';
import { payWindow, periodStart } from './recurrence.ts';

const at = (date: string): bigint => BigInt(Date.parse(`${date}Z`) / 1000);
const DAY = 86_400n;

describe('periodStart', () => {
  test.each([
    [0, 90, 2n, '2026-01-31T12:00:00', '2026-01-31T12:03:00'],
    [1, 14, 3n, '2026-01-31T12:00:00', '2026-03-14T12:00:00'],
    [2, 1, 1n, '2026-01-31T12:00:00', '2026-02-28T12:00:00'],
    [2, 1, 2n, '2026-01-31T12:00:00', '2026-03-31T12:00:00'],
    [2, 1, 13n, '2027-01-30T23:59:59', '2028-02-29T23:59:59'],
  ])('unit %d, %d of them, period %d after %s', (timeUnit, period, index, base, expected) => {
    expect(periodStart(at(base), index, { timeUnit, period })).toBe(at(expected));
  });

  test('is 0 after the last date, as in lightningd', () => {
    expect(periodStart(at('2026-01-01T00:00:00'), 2n ** 32n, { timeUnit: 2, period: 9 })).toBe(0n);
  });
});

describe('payWindow', () => {
  const weekly = { offerRecurrenceCompulsory: { timeUnit: 1, period: 7 } };
  const base = at('2026-01-01T00:00:00');

  test('begins with the previous period, and ends with the period', () => {
    expect(payWindow(base, 0n, weekly)).toEqual({ start: 0n, end: base + 7n * DAY - 1n });
    expect(payWindow(base, 2n, weekly)).toEqual({
      start: base + 7n * DAY,
      end: base + 21n * DAY - 1n,
    });
  });

  test('is around the start of the period if the offer says so', () => {
    const offerRecurrencePaywindow = { secondsBefore: 10, secondsAfter: 20 };
    const values = { ...weekly, offerRecurrencePaywindow };
    const start = base + 7n * DAY;
    expect(payWindow(base, 1n, values)).toEqual({ start: start - 10n, end: start + 20n });
    // The first period begins when it is requested.
    expect(payWindow(base, 0n, values)).toEqual({ start: base - 10n, end: base + 60n });
    const offerRecurrenceBase = { proportionalAmount: 0, basetime: base };
    const fixed = { ...values, offerRecurrenceBase };
    expect(payWindow(base, 0n, fixed)).toEqual({ start: base - 10n, end: base + 20n });
  });
});
