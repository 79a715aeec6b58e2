import { PRESETS, presetRestrictions } from '@clnrest/pages/presets';
import { expect, test } from 'vitest';
import { post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode();

const LIMITED = {
  name: 'Shop',
  limitSat: 1_000n,
  limitsFees: true,
  expiry: undefined,
  rate: undefined,
};

const LIMITED_RUNES = PRESETS.flatMap(({ label, runes }) =>
  runes
    .filter(({ fees }) => fees !== undefined && fees !== 'no limits')
    .map((rune) => ({ name: `${label} ${rune.use ?? ''}`.trim(), rune })),
);

/** lightningd v26.06.6 sees that the parameter is there, and a moment later that it is not. */
const WRONG = 'Not permitted: parameter maxfee is present AND pnamemaxfee not present';

/** Returns the error of a payment over REST; undefined if the rune allows it. The invoice is for this node itself. */
async function refusal(rune: string, method: string, params: object): Promise<string | undefined> {
  const answer = await post(node(), `/v1/${method}`, rune, JSON.stringify(params));
  return answer.status === 401 ? (answer.json() as { message: string }).message : undefined;
}

async function invoice(amount: string): Promise<string> {
  const label = crypto.randomUUID();
  const made = await node().rpc.call<{ bolt11: string }>('invoice', [amount, label, 'd']);
  return made.bolt11;
}

test.each(LIMITED_RUNES)(
  '$name pays up to the limit over REST',
  { timeout: 60_000 },
  async ({ rune }) => {
    const restrictions = presetRestrictions(rune, LIMITED).map((each) => Array.from(each));
    const made = await node().rune(...restrictions);
    const [small = '', large = '', any = ''] = await Promise.all(
      ['1000000', '1000001', 'any'].map(invoice),
    );
    const fees = rune.fees === 'numbers' ? { maxfee: 2_000 } : {};
    const paying = (['pay', 'xpay'] as const).filter((method) => rune.commands.includes(method));
    for (const method of paying) {
      const parameter = method === 'pay' ? 'bolt11' : 'invstring';
      // Wrong verdicts of lightningd v26.06 depend on its memory, so each call is repeated.
      for (let i = 0; i < 5; i++) {
        const paid = await refusal(made, method, { [parameter]: small, ...fees });
        const isFault = node().kind === 'lightningd' && rune.fees === 'numbers';
        if (!isFault || paid !== WRONG) expect(paid).toBeUndefined();
        const over = await refusal(made, method, { [parameter]: large, ...fees });
        expect(over).toMatch(/_amount is greater or equal to 1000001/);
        expect(await refusal(made, method, { [parameter]: any, amount_msat: 1 })).toMatch(
          /_amount not present/,
        );
        if (rune.fees === 'texts') continue;
        const fee = { [parameter]: small, maxfee: 100_001 };
        expect(await refusal(made, method, fee)).toMatch(/^Not permitted: /);
      }
    }
  },
);
