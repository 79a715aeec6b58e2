import { readParameters, type Rune } from '@clnrest/runes';
import { bareName } from '../parameters/names.ts';
import { Refusal } from '../refusals.ts';
import type { CheckedCall } from './checked-call.ts';

/** The parameters that `xpay` reads if it runs for `pay`, by their names without punctuation. */
const PAY_PARAMETERS = new Map(
  [
    'bolt11',
    'amount_msat',
    'label',
    'maxfeepercent',
    'retry_for',
    'maxdelay',
    'exemptfee',
    'localinvreqid',
    'maxfee',
    'partial_msat',
  ].map((name) => [bareName(name), name]),
);

/**
 * The refusal of a call of `pay` whose rune tests a parameter that the node would ignore.
 *
 * By default lightningd runs `xpay` for `pay`. `xpay` ignores unknown parameters of `pay`, and a rune compares names without
 * punctuation. With `amountmsat` beside the invoice, a rune's limit on `amount_msat` would hold, and the node would pay the
 * whole invoice. The same is true of `invstring`, which other versions of `pay` read, beside `bolt11`. (Tested: v26.06.6.)
 */
export function ignoredParameter(rune: Rune, { method, params }: CheckedCall): Refusal | undefined {
  if (method !== 'pay' || !params.startsWith('{') || !testsParameters(rune)) return undefined;
  const names = readParameters(params).entries.map(({ name }) => name);
  for (const name of names) {
    const bare = bareName(name);
    const known = PAY_PARAMETERS.get(bare) ?? (bare === 'invstring' ? bare : name);
    if (name !== known) return refusal(`use ${known}`);
  }
  const isTwice = names.includes('bolt11') && names.includes('invstring');
  return isTwice ? refusal('use bolt11 without invstring') : undefined;
}

function refusal(detail: string): Refusal {
  return Refusal.of('ignored_parameter', { detail });
}

function testsParameters({ restrictions }: Rune): boolean {
  return restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => /^p(?:name|inv)/.test(fieldname)),
  );
}
