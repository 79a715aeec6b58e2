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
