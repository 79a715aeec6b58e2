import { expect, test } from 'vitest';
import { dateText, relativeTime } from './when.ts';

const NOW = 1_800_000_000;

test.each([
  [0, 'less than a minute ago'],
  [-59, 'less than a minute ago'],
  [30, 'in less than a minute'],
  [-60, '1 minute ago'],
  [3_599, 'in 59 minutes'],
  [-7_200, '2 hours ago'],
  [86_400 * 3, 'in 3 days'],
  [86_400 * 365, 'in 11 months'],
  [86_400 * 366, 'in 1 year'],
  [-86_400 * 4_000, '10 years ago'],
])('%d seconds from now: %s', (distance, words) => {
  expect(relativeTime(NOW + distance, NOW)).toBe(words);
});

test('a date is in UTC', () => {
  expect(dateText(NOW)).toBe('2027-01-15 08:00:00 UTC');
  expect(dateText(1e18)).toBeUndefined();
});
