import { expect, test } from 'vitest';
import { lint, Rune } from '@clnrest/runes';
import { post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

/**
 * What lint counts as a limit of `pay`, compared with lightningd v26.06.6. There, `pay` is by default xpay, which ignores
 * unknown parameters. The node pays its own invoices.
 */
const node = useNode();

async function invoice(label: string, amount: number): Promise<string> {
  const params = { amount_msat: amount, label, description: label };
  return (await node().rpc.call<{ bolt11: string }>('invoice', params)).bolt11;
}

/** Calls pay over REST. */
async function pay(rune: string, params: unknown) {
  const answer = await post(node(), '/v1/pay', rune, JSON.stringify(params));
  return { status: answer.status, body: answer.json() };
}

const codes = (rune: string): string[] => lint(Rune.fromBase64(rune), 0n).map(({ code }) => code);

test.each([
  // A rune compares names of parameters without punctuation.
  ['the parameter amount_msat', 'pnameamountmsat<1000', { amountmsat: 5 }],
  ['the invoice in invstring', 'pinvinvstring_amount<1000', {}],
])('pay would spend more than a limit on %s, and is refused', async (what, limit, further) => {
  const [bolt11, small] = [await invoice(what, 1_000_000), await invoice(`small ${what}`, 5)];
  const rune = await node().rune(['method=pay'], [limit]);
  expect(codes(rune)).toContain('unlimited_amount');
  const invstring = limit.startsWith('pinv') ? { invstring: small } : {};
  const params = { bolt11, ...further, ...invstring };
  const { status, body } = await pay(rune, params);
  expect([status, body]).toMatchObject([400, { code: -32602 }]);
  // The node itself allows the call, and pays.
  await node().rpc.call('checkrune', { rune, method: 'pay', params });
  const paid = await node().rpc.call<{ status: string }>('pay', params);
  expect(paid).toMatchObject({ amount_sent_msat: 1_000_000, status: 'complete' });
});

test('a limit on the invoice in bolt11 limits pay', async () => {
  const [bolt11, small] = [await invoice('large', 1_000_000), await invoice('small', 5)];
  const rune = await node().rune(['method=pay'], ['pinvbolt11_amount<1000']);
  expect(codes(rune)).not.toContain('unlimited_amount');
  for (const params of [
    { bolt11 },
    { bolt11, amountmsat: 5, amount_msat: 5 },
    { bolt11, invstring: small },
    { invstring: small },
    [bolt11],
    [small],
  ]) {
    expect((await pay(rune, params)).status).not.toBe(201);
  }
  expect((await pay(rune, { bolt11: small })).status).toBe(201);
});
