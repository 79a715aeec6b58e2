import { expect, test } from 'vitest';
import { matches } from './matches.ts';

test.each([
  ['listinvoices Lists invoices, or finds one', 'INVOI', true],
  ['listinvoices Lists invoices, or finds one', ' finds  list ', true],
  ['listinvoices Lists invoices, or finds one', 'finds pay', false],
  ['getinfo', '', true],
])('%j matches %j: %j', (text, filter, expected) => {
  expect(matches(text, filter)).toBe(expected);
});
