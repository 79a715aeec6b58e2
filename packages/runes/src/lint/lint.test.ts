import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLinear } from '@clnrest/testing';
import { certaintyOf } from '../certainty.ts';
import { FINDING_CODES } from './finding.ts';
import {
  Alternative,
  CONDITIONS,
  refusalReason,
  lint,
  Master,
  parseRestrictions,
  Restriction,
  Rune,
} from '../index.ts';

const master = new Master(new Uint8Array(32).fill(7));
const NOW = 1_700_000_000n;

const runeOf = (...restrictions: string[][]): Rune =>
  master.create(
    '0',
    restrictions.map((alternatives) => Restriction.of(...alternatives)),
  );

/** The findings about what can drain the node have their own tests. */
const DANGERS: ReadonlySet<string> = new Set([
  'any_command',
  'rate_only',
  'loose_alternative',
  'unlimited_amount',
  'unlimited_fee',
  'unlimited_count',
  'makes_runes',
  'controls_node',
  'needs_care',
]);

const codes = (...restrictions: string[][]): string[] =>
  lint(runeOf(...restrictions), NOW)
    .map(({ code }) => code)
    .filter((code) => !DANGERS.has(code));

test.each<[string, string[][], string[]]>([
  ['nothing at all', [], ['unrestricted']],
  ['a comment only', [['note#mine']], ['unrestricted']],
  ['an ordinary rune', [['method=pay', 'method=xpay'], ['time<1800000000'], ['rate=60']], []],
  ['a comment beside restrictions', [['note#mine'], ['method=pay']], []],
  ['readonly', [['method^list', 'method^get', 'method=summary'], ['method/listdatastore']], []],

  ['two methods ANDed', [['method=pay'], ['method=xpay']], ['never_passes']],
  [
    'disjoint lists of methods',
    [
      ['method=a', 'method=b'],
      ['method=c', 'method=d'],
    ],
    ['never_passes'],
  ],
  [
    'overlapping lists of methods',
    [
      ['method=a', 'method=b'],
      ['method=b', 'method=c'],
    ],
    [],
  ],
  ['a method against a prefix', [['method=pay'], ['method^list']], ['never_passes']],
  ['a method against its own exclusion', [['method=pay'], ['method/pay']], ['never_passes']],
  ['a count against a bound', [['pnum=3'], ['pnum<2']], ['never_passes']],
  ['bounds without room', [['pnum>2'], ['pnum<3']], ['never_passes']],
  ['bounds with room for one', [['pnum>1'], ['pnum<3']], []],
  ['missing and equal', [['parr0!'], ['parr0=x']], ['never_passes']],
  ['a parameter as text or integer', [['parr0=5'], ['parr0>4']], ['integers_only']],
  ['an integer out of bounds', [['parr0=5'], ['parr0>5']], ['integers_only', 'never_passes']],

  ['an expired time', [['time<1600000000']], ['expired']],
  ['expired or something else', [['time<1600000000', 'method=getinfo']], []],
  ['a comparison of text', [['method<5']], ['never_passes']],
  ['a bound that is not a number', [['time<abc']], ['never_passes', 'time_unit']],
  ['a malformed rate', [['rate=0']], ['never_passes']],
  ['a wrong suffix', [['per=5secs']], ['never_passes']],
  ['a rate with another operator', [['rate<3']], ['never_passes']],
  ['time missing', [['time!']], ['never_passes']],
  ['an unknown invoice field', [['pinvbolt11_amt<5']], ['never_passes']],
  ['an unknown field', [['bogus=1']], ['never_passes', 'unknown_field']],
  ['a position with a leading zero', [['parr01=5']], ['never_passes', 'unknown_field']],

  ['a comment as alternative', [['method=pay', 'note#x']], ['always_passes', 'unrestricted']],
  ['an unknown field missing', [['bogus!'], ['method=pay']], ['always_passes', 'unknown_field']],
  ['two exclusions ORed', [['method/pay', 'method/xpay']], ['always_passes', 'unrestricted']],
  ['a start time that has passed', [['time>1600000000'], ['method=pay']], ['always_passes']],

  ['a name and a position', [['pnamea=1'], ['parr0=1']], ['never_passes']],
  ['a name or a position', [['pnamea=1', 'parr0=1']], []],
  ['no parameters, and a name', [['pnum=0'], ['pnamea=1']], ['never_passes']],
  ['no parameters, and a missing name', [['pnum<1'], ['pnamea!']], []],
  ['two prefixes', [['method^list'], ['method^get']], ['never_passes']],
  ['a prefix of a prefix', [['method^list'], ['method^listp']], []],
  ['a command or not', [['method=pay', 'method/pay']], ['always_passes', 'unrestricted']],
  ['an empty prefix', [['method^']], ['always_passes', 'unrestricted']],
  ['a comment on an unknown invoice field', [['pinvbolt11_amt#']], ['never_passes']],
  ['an impossible count', [['method=pay'], ['pnum/x']], ['always_passes']],
  ['a time that cannot come', [['method=pay'], ['time/5']], ['always_passes']],
  ['bounds that match every number', [['method=pay'], ['pnum<5', 'pnum>2']], ['always_passes']],
  ['bounds that exclude some numbers', [['method=pay'], ['pnum<2', 'pnum>5']], []],
  ['a rate as alternative', [['rate=60', 'method=pay']], ['no_effect']],

  ['punctuation', [['pnameamount_msat=5']], ['punctuation']],
  ['no punctuation', [['pnameamountmsat=5']], []],
  ['a number from a form', [['pnameamountmsat<5']], ['integers_only']],
  ['a quote that is not escaped', [['pnamelabel/a"b']], ['escapes']],
  ['a quote that is escaped', [['pnamelabel/a\\"b']], []],
  ['an invalid escape', [['parr0=a\\b c', 'parr0=a\\q']], ['escapes']],
  ['an array, which has quotes', [['parr0=["a"]']], []],
  ['a prefix that ends in half an escape', [['parr0^a\\u00']], []],
  ['missing by name only', [['pnamelevel!']], ['named_only']],
  ['missing by name and position', [['pnamelevel!'], ['parr2!']], []],
  ['missing by name, and few positions', [['pnamelevel!'], ['pnum<3']], []],
  [
    'missing by name and position, of one command',
    [
      ['method/a', 'pnamelevel!'],
      ['method/a', 'parr2!'],
    ],
    [],
  ],
  [
    'missing by name, and by position of another command',
    [
      ['method/a', 'pnamelevel!'],
      ['method/b', 'parr2!'],
    ],
    ['named_only'],
  ],
  ['a peer', [[`id=02${'ab'.repeat(32)}`]], ['peers_only']],
  ['the start of a peer', [['id^02ab']], ['peers_only']],
  ['other peers', [['id/02ab']], ['peers_only']],
  ['a part of an id', [['id=02ab']], ['no_such_peer', 'peers_only']],
  ['an id in upper case', [[`id=02${'AB'.repeat(32)}`]], ['no_such_peer', 'peers_only']],
  ['an id with an address', [[`id=02${'ab'.repeat(32)}@host`]], ['no_such_peer', 'peers_only']],
  ['the start of no id', [['id^04']], ['no_such_peer', 'peers_only']],
  ['an invoice after parameters', [['pnamelabel=x'], ['pinvbolt11_amount<5']], ['invoice_first']],
  ['an invoice first', [['method=pay'], ['pinvbolt11_amount<5'], ['pnamelabel=x']], []],
  ['a looser rate afterwards', [['rate=2'], ['rate=60']], ['no_effect']],
  ['a tighter rate afterwards', [['per=1sec'], ['per=1min']], ['no_effect']],
])('%s', (_, restrictions, expected) => {
  expect(codes(...restrictions)).toEqual(expected);
});

test('the README describes every code', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const described = [...readme.matchAll(/^\| `([a-z_]+)` +\| (?:danger|mistake|hint)/gm)];
  expect(described.map(([, code]) => code)).toEqual(FINDING_CODES);
});

test('findings have the index of their restriction', () => {
  const rune = master.create('0', [
    Restriction.of('method=pay'),
    Restriction.of('pnum=1', 'bogus=1'),
  ]);
  expect(lint(rune, NOW)).toMatchObject([
    { code: 'unknown_field', restriction: 1, alternative: 1 },
    { code: 'unlimited_amount', restriction: 0 },
  ]);
  const empty = master.create('0', parseRestrictions('[[]]', 'createrune'));
  expect(lint(empty, NOW).map(({ code }) => code)).toEqual(['never_passes']);
});

test('messages are one line without control characters, for any rune', () => {
  const nasty = "x\u001b[2J\n\u202e\u2028\u009b'";
  const runes = [
    [`method=${nasty}`, 'method=b'],
    ['rate=\n5', 'rate=6'],
    [`method/${nasty}|method/b`],
    [`x${'\u202e'}=1`],
    [`pnum<${nasty}`],
    [`pname_\u009b=1`, `pname_\u009b!`],
  ].map((texts) =>
    master.create(
      '0',
      texts.map((text) => Restriction.parse(text)),
    ),
  );
  for (const rune of runes) {
    const findings = lint(rune, NOW);
    expect(findings).not.toEqual([]);
    for (const { message } of findings) expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
  }
});

describe('a certain finding is true of', () => {
  const field = fc.constantFrom(
    'time',
    'id',
    'method',
    'pnum',
    'rate',
    'per',
    'bogus',
    'parr0',
    'parr01',
    'pnamea',
    'pinva_amount',
    'pinva_x',
  );
  const value = fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '5',
    'abc',
    '1700000000',
    '1699999999',
    '1min',
    'pay',
  );
  const alternative = fc
    .tuple(field, fc.constantFrom(...CONDITIONS), value)
    .map(([name, condition, text]) => new Alternative(name, condition, text));
  const call = fc.record({
    now: fc.bigInt({ min: NOW * 1_000_000_000n, max: (NOW + 5n) * 1_000_000_000n }),
    method: fc.constantFrom(undefined, '', 'pay', '5'),
    nodeId: fc.constantFrom(undefined, '02ab'),
    params: fc.constantFrom(
      undefined,
      '{}',
      '[]',
      '[5]',
      '["5","x"]',
      '{"a":1,"bogus":5}',
      '{"a":""}',
    ),
  });

  test('an alternative that always or never holds', () => {
    fc.assert(
      fc.property(alternative, call, (one, asked) => {
        const { kind } = certaintyOf(one, NOW);
        const reason = refusalReason(master.create('0', [new Restriction([one])]), asked);
        if (kind === 'always') expect(reason).toBeUndefined();
        if (kind === 'never') expect(reason).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  test('a restriction that always passes, for every call of a command', () => {
    const about = fc.constantFrom('method', 'pnum', 'pnamea', 'time');
    const one = fc
      .tuple(about, fc.constantFrom(...CONDITIONS), value)
      .map(([name, condition, text]) => new Alternative(name, condition, text));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 3 }), call, (alternatives, asked) => {
        const rune = master.create('0', [new Restriction(alternatives)]);
        const found = new Set(lint(rune, NOW).map(({ code }) => code));
        if (!found.has('always_passes') && !found.has('unrestricted')) return;
        expect(refusalReason(rune, { ...asked, method: asked.method ?? 'pay' })).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  test('a rune that never passes', () => {
    const restriction = fc
      .array(alternative, { minLength: 1, maxLength: 2 })
      .map((alternatives) => new Restriction(alternatives));
    fc.assert(
      fc.property(fc.array(restriction, { maxLength: 4 }), call, (restrictions, asked) => {
        const rune = master.create('0', restrictions);
        const found = new Set(lint(rune, NOW).map(({ code }) => code));
        if (!found.has('never_passes') && !found.has('expired')) return;
        expect(refusalReason(rune, asked)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ['alternatives of one restriction', '|', (i: number) => `method=${i}|method/${i}`],
  ['restrictions on one field', '&', (i: number) => `pnum>${i}&pnum<9${i}`],
  ['restrictions on many fields', '&', (i: number) => `pnamex${i}=1`],
])('many %s cost in proportion', async (_, between, make) => {
  const runeOf = (size: number): Rune => {
    const texts = Array.from({ length: size }, (_value, i) => make(i));
    return Rune.fromString(`${'0'.repeat(64)}:=0&${texts.join(between)}`);
  };
  expect(await isLinear(runeOf, (rune) => lint(rune, 0n), 2 ** 16)).toBe(true);
  const count = 20_000;
  expect(lint(runeOf(count), 0n).length).toBeLessThan(2 * count + 2);
});
