import { check } from '@clnrest/commands/check';
import { commandSchemas } from '@clnrest/commands/schema-table';
import { expect, test } from 'vitest';
import { resultExample } from './example.ts';

test('the example of each result fits its schema', () => {
  const mismatches = Object.entries(commandSchemas).flatMap(([name, { result }]) =>
    check(result, resultExample(result)).map(({ path, message }) => `${name}: ${path} ${message}`),
  );
  expect(mismatches).toEqual([]);
});

test('an example shows the members that its own values require', () => {
  expect(resultExample(commandSchemas.listinvoices.result)).toEqual({
    invoices: [
      {
        label: 'shop-17',
        payment_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        status: 'paid',
        expires_at: 1_795_824_000,
        created_index: 1,
        pay_index: 1,
        amount_received_msat: 10_000,
        paid_at: 1_795_824_000,
        payment_preimage: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ],
  });
});
