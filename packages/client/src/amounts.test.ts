import { parseJson } from '@clnrest/json';
import type { CommandResults } from '@clnrest/commands';
import { expect, expectTypeOf, test } from 'vitest';
import { convertAmounts, type WithAmounts } from './amounts.ts';

const converted = (text: string): unknown => {
  const value = parseJson(text);
  convertAmounts(value);
  return value;
};

test('amounts become bigints, at any depth, and nothing else changes', () => {
  const text = `{"amount_msat":1,"msat":9007199254740993,"list":[{"fee_msat":0,"n":2,"msatoshi":3},[{"msat":-4}]],
    "amount_msat_text":"5","to_us_msat":{"msat":6},"x_msat":"7msat","y_msat":1.5,"z_msat":null}`;
  expect(converted(text)).toEqual({
    amount_msat: 1n,
    msat: 9007199254740993n,
    list: [{ fee_msat: 0n, n: 2, msatoshi: 3 }, [{ msat: -4n }]],
    amount_msat_text: '5',
    to_us_msat: { msat: 6n },
    x_msat: '7msat',
    y_msat: 1.5,
    z_msat: null,
  });
  expect(['5', 'null', '"msat"', '[1]'].map(converted)).toEqual([5, null, 'msat', [1]]);
});

test('results can be nested deeply', () => {
  const deep = (inner: string): string => '{"a":['.repeat(200) + inner + ']}'.repeat(200);
  let value = converted(deep('{"msat":1}'));
  for (let depth = 0; depth < 200; depth++) [value] = (value as { a: unknown[] }).a;
  expect(value).toEqual({ msat: 1n });
});

test('the types follow', () => {
  type Results = WithAmounts<CommandResults, 'bigint'>;
  type Unpaid = Results['listinvoices']['invoices'][number];
  expectTypeOf<NonNullable<Unpaid['amount_msat']>>().toEqualTypeOf<bigint>();
  expectTypeOf<Unpaid['label']>().toEqualTypeOf<string>();
  expectTypeOf<Results['getinfo']['blockheight']>().toEqualTypeOf<number>();
  expectTypeOf<WithAmounts<unknown, 'bigint'>>().toEqualTypeOf<unknown>();
  expectTypeOf<WithAmounts<CommandResults['invoice'], 'mixed'>>().toEqualTypeOf<
    CommandResults['invoice']
  >();
});
