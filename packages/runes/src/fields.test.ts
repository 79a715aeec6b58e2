import { expect, test } from 'vitest';
import { refusalReason, Rune } from './index.ts';

const LONG = 'é'.repeat(400_000);

/** A rune with one restriction that repeats the same alternatives, none of which holds. */
const repeated = (alternatives: string): Rune =>
  Rune.fromString(`${'0'.repeat(64)}:=0&${Array(20_000).fill(alternatives).join('|')}`);

// Processing the whole text for each alternative would exceed the test's timeout.
test.each([
  ['a command', repeated('method=x|method^y|method{z'), { method: LONG }],
  ['a parameter', repeated('pnamea=x|pnamea^y|pnamea$z'), { params: `{"a":"${LONG}"}` }],
  ['an id', repeated('id=x|id^y|id{z'), { nodeId: LONG }],
  ['an order', repeated('pnamea{x|pnamea{y'), { params: `{"a":"${LONG}"}` }],
])('%s of any length is read once', (_, rune, call) => {
  expect(refusalReason(rune, { now: 0n, ...call })).toBeDefined();
});

test('lastUsed is called once', () => {
  let asked = 0;
  const lastUsed = (): bigint => {
    asked++;
    return 0n;
  };
  expect(refusalReason(repeated('rate=1|per=1day'), { now: 1n }, { lastUsed })).toBeDefined();
  expect(asked).toBe(1);
});

test('ordering compares up to the first difference, then the length', () => {
  const allows = (alternative: string, method: string): boolean =>
    refusalReason(Rune.fromString(`${'0'.repeat(64)}:=0&${alternative}`), { now: 0n, method }) ===
    undefined;
  const methods = ['', 'a', 'ab', 'abc', 'b', 'é', 'éa'];
  for (const one of methods) {
    for (const other of methods) {
      const order = Buffer.compare(Buffer.from(one), Buffer.from(other));
      expect(allows(`method{${other}`, one)).toBe(order < 0);
      expect(allows(`method}${other}`, one)).toBe(order > 0);
    }
  }
});

test.each(['9', '999999999999999', '9999999999999999', '9223372036854775807'])(
  'the integer %s is exact with any number of digits',
  (digits) => {
    const below = Rune.fromString(`${'0'.repeat(64)}:=0&pnamea<${digits}&pnameb<${digits}`);
    const judge = (a: bigint, b: bigint) =>
      refusalReason(below, { now: 0n, params: `{"a":${a},"b":${b}}` });
    const bound = BigInt(digits);
    expect(judge(bound - 1n, bound - 1n)).toBeUndefined();
    expect(judge(bound - 1n, bound)).toBe(`parameter b is greater or equal to ${digits}`);
    expect(judge(bound, 0n)).toBe(`parameter a is greater or equal to ${digits}`);
    expect(judge(-bound, -1n)).toBeUndefined();
  },
);

test.each([1, 20])('a name matches with or without its punctuation, before %i others', (others) => {
  const rest = Array.from({ length: others }, (_, index) => `,"other_${index}":1`).join('');
  const judge = (field: string, name: string) =>
    refusalReason(Rune.fromString(`${'0'.repeat(64)}:=0&${field}=5`), {
      now: 0n,
      params: `{"${name}":5${rest}}`,
    });
  expect(judge('pnameamountmsat', 'amount_msat')).toBeUndefined();
  expect(judge('pnameamountmsat', '_amount.msat-')).toBeUndefined();
  expect(judge('pnameamount_msat', 'amount_msat')).toBeUndefined();
  for (const name of ['amount_msa', 'amount_msats', 'xamount_msat', 'amount_xmsat']) {
    expect(judge('pnameamountmsat', name)).toBe('parameter amountmsat not present');
  }
});
