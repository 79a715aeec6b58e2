import { lint, Master, Restriction, staticVerdict } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { isSpending, PRESETS, rejectsLimits } from './preset.ts';
import type { PresetRune } from './preset-rune.ts';
import { presetRestrictions, type Choices } from './preset-restrictions.ts';

const NOW = 1_800_000_000n;
const LIMITED: Choices = {
  name: 'Shop',
  limitSat: 1_000n,
  limitsFees: true,
  expiry: undefined,
  rate: undefined,
};

/** Invoices in tests are their amounts in msat; `any` has no amount. */
const readInvoice = (text: string) => {
  if (text === 'any') return { amountMsat: undefined, description: undefined, nodeId: '02' };
  if (!/^\d+$/.test(text)) return { problem: 'Bad bech32 string' };
  return { amountMsat: BigInt(text), description: undefined, nodeId: '02' };
};

/** Returns whether a node can allow a call. */
function canPass(rune: PresetRune, choices: Choices, method: string, params: unknown): boolean {
  const restrictions = presetRestrictions(rune, choices).map((each) => Restriction.of(...each));
  const made = new Master(new Uint8Array(32)).create('0', restrictions);
  const call = { method, params: JSON.stringify(params), now: NOW * 1_000_000_000n };
  return staticVerdict(made, call, { readInvoice }).kind !== 'refused';
}

const SPENDING = PRESETS.filter((preset) => isSpending(preset) && !rejectsLimits(preset)).flatMap(
  ({ label, runes }) => runes.map((rune) => [`${label} ${rune.use ?? ''}`.trim(), rune] as const),
);

/** What a thief tries. */
const label = 'LNbits 1';
const THEFTS: readonly (readonly [method: string, params: unknown])[] = [
  ['pay', { bolt11: '1000001', label }],
  ['pay', { bolt11: 'any', label, amount_msat: 1 }],
  ['pay', { bolt11: 'lni1bolt12', label }],
  ['pay', { invstring: '1000001', label }],
  ['pay', { invstring: '1000001', label, bolt11: '1000001' }],
  ['pay', ['1000001', null, label]],
  ['pay', ['1', null, label, 10, 99]],
  ['pay', {}],
  ['xpay', { invstring: '1000001', label }],
  ['xpay', { invstring: 'lno1offer', amount_msat: 99 }],
  ['xpay', { invstring: 'any', amount_msat: 99 }],
  ['xpay', ['1000001']],
  ['renepay', { invstring: '1' }],
  ['keysend', { destination: '02', amount_msat: 1 }],
  ['keysend', ['02', 1]],
  ['xkeysend', { destination: '02', amount_msat: 1 }],
  ['sendamount', { invstring: '1', amount_msat: 1 }],
  ['withdraw', { destination: 'bcrt1', satoshi: 'all' }],
  ['withdraw', ['bcrt1', 1]],
  ['multiwithdraw', { outputs: [] }],
  ['txprepare', { outputs: [] }],
  ['txsend', { txid: '00' }],
  ['signpsbt', { psbt: '00' }],
  ['sendpsbt', { psbt: '00' }],
  ['fundchannel', { id: '02', amount: 1, push_msat: 1 }],
  ['fundchannel', ['02', 1]],
  ['close', { id: '02', destination: 'bcrt1' }],
  ['close', ['02']],
  ['invoicerequest', { amount: 1, description: 'a' }],
  ['sendpay', { route: [], payment_hash: '00' }],
  ['sendonion', { onion: '00' }],
  ['createrune', {}],
  ['showrunes', {}],
  ['blacklistrune', {}],
  ['makesecret', { string: 'commando' }],
  ['plugin', { subcommand: 'start' }],
  ['stop', {}],
];

describe('with a limit', () => {
  test.each(SPENDING)('%s pays up to the limit', (name, rune) => {
    const paid = (bolt11: string): boolean => canPass(rune, LIMITED, 'pay', { bolt11 });
    const pays = rune.commands.includes('pay') && rune.fees !== undefined;
    expect([name, paid('1000000'), paid('1')]).toEqual([name, pays, pays]);
  });

  test.each(SPENDING)('%s spends in no other way', (_, rune) => {
    const passed = THEFTS.filter(([method, params]) => canPass(rune, LIMITED, method, params));
    expect(passed).toEqual([]);
  });

  test.each(SPENDING)('%s limits fees that the program sends as numbers', (_, rune) => {
    if (rune.fees === 'texts' || rune.fees === undefined) return;
    const fees = [
      { maxfee: 100_001 },
      { maxfee: '100000' },
      { maxfeepercent: 50 },
      { exemptfee: 1_000_000 },
    ];
    for (const fee of fees) {
      const call = { bolt11: '1000', label, ...fee };
      expect([fee, canPass(rune, LIMITED, 'pay', call)]).toEqual([fee, false]);
    }
  });

  test('the programs that send fees can pay', () => {
    const sent: Record<string, object> = {
      'Ride The Lightning': { maxfee: 2_000 },
      'cln-application': {},
      'LNbits CLNREST_PAY_RUNE': { maxfee: 2_000, description: null, label },
      Nutshell: { maxfeepercent: '20.0', exemptfee: '0' },
      gonuts: { maxfee: 1_000 },
      LNI: { maxfee: '1000', retry_for: '60' },
    };
    for (const [name, params] of Object.entries(sent)) {
      const rune = SPENDING.find(([each]) => each === name)?.[1];
      if (rune === undefined) throw new Error(`there is no preset for ${name}`);
      const bill = { bolt11: '1000', ...params };
      expect([name, canPass(rune, LIMITED, 'pay', bill)]).toEqual([name, true]);
    }
  });

  test('lint finds no danger and no mistake', () => {
    for (const preset of PRESETS) {
      if (rejectsLimits(preset)) continue;
      for (const rune of preset.runes) {
        const restrictions = presetRestrictions(rune, { ...LIMITED, rate: 60n, expiry: NOW + 9n });
        const made = new Master(new Uint8Array(32)).create(
          '0',
          restrictions.map((each) => Restriction.of(...each)),
        );
        const found = lint(made, NOW).filter(({ severity }) => severity !== 'hint');
        // Nutshell and LNI send the limit of fees as text, which no restriction can compare.
        const expected = rune.fees === 'texts' ? ['unlimited_fee'] : [];
        const codes = found.map(({ code }) => code as string);
        expect([preset.label, codes.filter((code) => !expected.includes(code))]).toEqual([
          preset.label,
          [],
        ]);
      }
    }
  });
});

test.each(PRESETS.filter((preset) => !isSpending(preset)))('$label cannot spend', ({ runes }) => {
  for (const rune of runes) {
    const passed = THEFTS.filter(([method, params]) => canPass(rune, LIMITED, method, params));
    expect(passed).toEqual([]);
  }
});

test('a rune has its name, its expiry and its rate', () => {
  const rune: PresetRune = { commands: ['invoice'] };
  const choices = {
    name: 'A & B',
    limitSat: undefined,
    limitsFees: true,
    expiry: 1_900_000_000n,
    rate: 60n,
  };
  expect(presetRestrictions(rune, choices)).toEqual([
    ['method=invoice'],
    ['time<1900000000'],
    ['rate=60'],
    ['name#A & B'],
  ]);
});
