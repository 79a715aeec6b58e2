import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInvoice } from './invoices.ts';
import {
  Alternative,
  CONDITIONS,
  Master,
  parseRestrictions,
  refusalReason,
  Restriction,
  type Rune,
  RuneSyntaxError,
  staticVerdict,
} from './index.ts';

const master = new Master(new Uint8Array(32).fill(7));
const NOW = 1_700_000_000_000_000_000n;
// From BOLT 11's examples: 250,000,000 msat, "1 cup coffee".
const INVOICE =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';

function runeOf(...restrictions: readonly string[]): Rune {
  return master.create(
    '0',
    restrictions.map((text) => Restriction.parse(text)),
  );
}

describe('a call', () => {
  const call = { method: 'pay', params: '{"a":1,"b":2}' };

  test.each([
    ['allowed', []],
    ['allowed', ['method=pay', 'pnamea=1|rate=1', 'pnum=2']],
    ['allowed', ['id!', 'method#x', 'time#x']],
    // Uncertain because only the node knows the state, alone or as an alternative.
    ['uncertain', ['rate=60']],
    ['uncertain', ['per=1day']],
    ['uncertain', ['pnamea=2|rate=60']],
    ['uncertain', ['rate=60|pnamea=2', 'pnamea=1']],
    ['uncertain', ['time<1']],
    ['uncertain', ['time!']],
    ['uncertain', ['pnamea=2|time<1']],
    // Fields that a newer node can support.
    ['uncertain', ['per=1week']],
    ['uncertain', ['rate<5']],
    ['uncertain', ['bogus=1']],
    ['uncertain', ['bogus!']],
    ['uncertain', ['pinva_expiry<5']],
    // An invoice without a reader.
    ['uncertain', ['pinva_amount<5']],
    ['refused', ['pinvc_amount<5']],
    ['refused', ['method=stop']],
    ['refused', ['rate=60', 'pnamea=2']],
    ['refused', ['bogus=1|rate=1', 'method=x|pnamea=2']],
    ['refused', ['id=02ab']],
  ])('is %s by %j', (kind, texts) => {
    expect(staticVerdict(runeOf(...texts), call).kind).toBe(kind);
  });

  test.each([
    [
      ['pnamea=2|pnamea=3|pnamea=1', 'pnamea=5|pnameb!'],
      'parameter a is not equal to 5 AND pnameb is present',
    ],
    [['pnamea=1', 'pnameb!'], 'parameter b is present'],
    [['pnameb/3', 'pnamea=1', 'pnamea!'], 'parameter a is present'],
    [['pnamea<5', 'rate=1', 'pnameb>2'], 'parameter b is less or equal to 2'],
  ])('is refused by %j in lightningd’s words', (texts, reason) => {
    expect(staticVerdict(runeOf(...texts), call)).toEqual({ kind: 'refused', reason });
  });

  test('is refused by a restriction without alternatives', () => {
    const rune = master.create('0', parseRestrictions('[[]]', 'createrune'));
    expect(staticVerdict(rune, call).kind).toBe('refused');
  });

  test('with a time is checked against it', () => {
    expect(staticVerdict(runeOf('time<1'), { ...call, now: NOW }).kind).toBe('refused');
    expect(staticVerdict(runeOf('time>1'), { ...call, now: NOW }).kind).toBe('allowed');
  });

  test('has an id only if a peer is given', () => {
    const id = `02${'ab'.repeat(32)}`;
    expect(staticVerdict(runeOf(`id=${id}`), { ...call, nodeId: id }).kind).toBe('allowed');
    expect(staticVerdict(runeOf('id!'), { ...call, nodeId: id }).kind).toBe('refused');
  });
});

describe('an invoice', () => {
  const verdictOf = (text: string, invoice: string): string =>
    staticVerdict(
      runeOf(text),
      { method: 'pay', params: JSON.stringify({ bolt11: invoice }) },
      { readInvoice },
    ).kind;

  test.each([
    ['pinvbolt11_amount<250000001', INVOICE, 'allowed'],
    ['pinvbolt11_amount<250000000', INVOICE, 'refused'],
    ['pinvbolt11_amount<250000000', `lightning:${INVOICE}`, 'refused'],
    ['pinvbolt11_description=1 cup coffee', INVOICE, 'allowed'],
    ['pinvbolt11_description=2 cups', INVOICE, 'refused'],
    ['pinvbolt11_amount<250000000|rate=1', INVOICE, 'uncertain'],
    // Not an invoice.
    ['pinvbolt11_amount<5', 'x', 'refused'],
    ['pinvbolt11_amount<5', 'lni1qqqqqqqq', 'refused'],
    ['pinvbolt11_amount<5', 'LNI1QQQQQQQQ', 'refused'],
    ['pinvbolt11_expiry<5', INVOICE, 'uncertain'],
    ['pinvother_amount<5', INVOICE, 'refused'],
  ])('%s of %s is %s', (text, invoice, kind) => {
    expect(verdictOf(text, invoice)).toBe(kind);
  });
});

describe('parameters', () => {
  test('are not parsed if the rune does not restrict them', () => {
    const rune = runeOf('method=pay', 'rate=1', 'time>5', 'bogus!', 'id!');
    // Parsing these malformed parameters would throw.
    expect(staticVerdict(rune, { method: 'pay', params: '{' }).kind).toBe('uncertain');
  });

  test.each(['pnum=0', 'pnamea!', 'parr0!', 'pinva_amount<5'])('are read for %s', (text) => {
    expect(() => staticVerdict(runeOf(text), { params: '{' })).toThrow(RuneSyntaxError);
  });
});

const value = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '2',
    '5',
    '-1',
    ' 5',
    '5x',
    'a',
    'b"c',
    'a|b&c',
    'é☃',
    '[1]',
    'pay',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 4 }),
);
const STATELESS = [
  'id',
  'method',
  'pnum',
  'pname',
  'pnamea',
  'pnamea_b',
  'pnameab',
  'parr0',
  'parr1',
];
const STATEFUL = ['rate', 'per', 'time', 'bogus', 'parr01', 'pinva_amount', 'pinva_x'];

function restrictionsOn(fields: readonly string[]): fc.Arbitrary<Restriction[]> {
  const alternative = fc
    .tuple(fc.constantFrom(...fields), fc.constantFrom(...CONDITIONS), value)
    .map(([name, condition, text]) => new Alternative(name, condition, text));
  const restriction = fc
    .array(alternative, { minLength: 1, maxLength: 3 })
    .map((all) => new Restriction(all));
  return fc.array(restriction, { maxLength: 4 });
}

const raw = fc.constantFrom(
  '1',
  '2',
  '5',
  '-0',
  '5.0',
  'true',
  '"5"',
  '"a"',
  '"b\\"c"',
  '"é☃"',
  '[1]',
);
const call = fc.record({
  now: fc.constantFrom(0n, NOW),
  method: fc.constantFrom(undefined, 'pay', '5', ''),
  nodeId: fc.constantFrom(undefined, `02${'79be667e'.repeat(8)}`),
  params: fc.oneof(
    fc.constant(undefined),
    fc.array(raw, { maxLength: 3 }).map((values) => `[${values.join(',')}]`),
    fc
      .uniqueArray(fc.constantFrom('a', 'a_b', 'b', ''), { maxLength: 3 })
      .chain((names) => fc.tuple(...names.map((name) => raw.map((text) => `"${name}":${text}`))))
      .map((members) => `{${members.join(',')}}`),
  ),
});

test('if no state is needed, the verdict matches refusalReason', () => {
  fc.assert(
    fc.property(restrictionsOn([...STATELESS, 'time']), call, (restrictions, asked) => {
      const rune = master.create('0', restrictions);
      const reason = refusalReason(rune, asked);
      expect(staticVerdict(rune, asked)).toEqual(
        reason === undefined ? { kind: 'allowed' } : { kind: 'refused', reason },
      );
    }),
    { numRuns: 3000 },
  );
});

test('with any state, no verdict contradicts refusalReason', () => {
  const lastUse = fc.constantFrom(undefined, 0n, NOW);
  fc.assert(
    fc.property(
      restrictionsOn([...STATELESS, ...STATEFUL]),
      call,
      lastUse,
      (restrictions, asked, last) => {
        const rune = master.create('0', restrictions);
        const { now, ...timeless } = asked;
        const reason = refusalReason(rune, asked, { lastUsed: () => last });
        for (const given of [timeless, asked]) {
          const { kind } = staticVerdict(rune, given);
          if (kind === 'refused') expect(reason).toBeDefined();
          if (kind === 'allowed') expect(reason, String(now)).toBeUndefined();
        }
      },
    ),
    { numRuns: 3000 },
  );
});
