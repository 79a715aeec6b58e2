import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { hasPause, type CallCheck, checkCall } from './check-call.ts';
import { EMPTY_CALL_FORM, type CallForm, readCallForm } from './call-form.ts';

const CODE = '0'.repeat(64);
const NOW = 1_700_000_000n;

function check(text: string, form: Partial<CallForm>): CallCheck {
  const input = readCallForm({ ...EMPTY_CALL_FORM, ...form }, NOW);
  if ('problems' in input) throw new Error(JSON.stringify(input.problems));
  return checkCall(Rune.fromString(`${CODE}:=0&${text}`), input, NOW);
}

/** From BOLT 11's examples: 2500 µBTC for a cup of coffee. */
const INVOICE =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';

describe('the check of a call', () => {
  test("has the result of each restriction and alternative, and the node's message", () => {
    const { allowed, refusal, restrictions } = check('method=pay|method=xpay&pnum=0', {
      method: 'pay',
      params: '[1]',
    });
    expect([allowed, refusal]).toEqual([
      false,
      'Not permitted: number of parameters is not equal to 0',
    ]);
    expect(restrictions.map(({ words, verdict }) => [words, verdict.passed])).toEqual([
      ["the command is 'pay', or the command is 'xpay'", true],
      ["the number of parameters is '0'", false],
    ]);
    expect(restrictions[0]?.verdict.alternatives.map(({ reason }) => reason)).toEqual([
      undefined,
      'method is not equal to xpay',
    ]);
  });

  test('allows a call that all restrictions allow', () => {
    expect(check('method=pay', { method: 'pay' })).toMatchObject({
      allowed: true,
      refusal: undefined,
    });
  });

  test('depends on the last use', () => {
    expect(check('per=1min', { method: 'pay', lastUse: '59' }).refusal).toBe(
      'Not permitted: too soon',
    );
    expect(check('per=1min', { method: 'pay', lastUse: '60' }).allowed).toBe(true);
    expect(check('per=1min', { method: 'pay' }).allowed).toBe(true);
  });

  test('reads invoices', () => {
    const params = JSON.stringify({ bolt11: INVOICE });
    expect(check('pinvbolt11_amount<250000001', { method: 'pay', params }).allowed).toBe(true);
    expect(check('pinvbolt11_amount<250000000', { method: 'pay', params }).refusal).toBe(
      'Not permitted: invoice parameter bolt11_amount is greater or equal to 250000000',
    );
    expect(check('pinvbolt11_amount<5', { method: 'pay', params: '{"bolt11":"x"}' }).refusal).toBe(
      'Not permitted: Invalid invoice: Bad bech32 string',
    );
  });

  test('accepts parameters in any spelling', () => {
    const params = String.raw`{ "level" : "i\u006f" }`;
    expect(check('pnamelevel=io', { method: 'getlog', params }).allowed).toBe(true);
  });
});

test('only some runes depend on the last use', () => {
  const rune = Rune.fromString(`${CODE}:=0&method=pay`);
  expect(hasPause(rune)).toBe(false);
  expect(hasPause(rune.restrict(Restriction.of('method=x', 'rate=2')))).toBe(true);
});
