import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONDITIONS } from './condition.ts';
import {
  explainVerdict,
  inPlainWords,
  refusalReason,
  Master,
  parseRestrictions,
  Restriction,
  restrictionInWords,
} from './index.ts';

const NOW = 1_656_851_058n;
const master = new Master(new Uint8Array(32).fill(7));

test.each([
  ['method=pay', "the command is 'pay'"],
  ['method/pay', "the command is not 'pay'"],
  ['id^02', "the id of the requesting peer starts with '02'"],
  ['pnum<2', 'the number of parameters is a number less than 2'],
  ['pnamelabel!', "the parameter named 'label' is not given"],
  ['parr0$x', "the parameter at position 0 (from 0) ends with 'x'"],
  [
    'pinvbolt11_amount<5000',
    "the amount (msat) of the invoice in parameter 'bolt11' is a number less than 5000",
  ],
  ['pinvbolt11_node=02', "the payee of the invoice in parameter 'bolt11' is '02'"],
  ['pinvbolt11_x=1', "the unknown invoice field 'bolt11_x' is '1'"],
  ['time<1656920538', 'until 2022-07-04 07:42:18 UTC'],
  ['time<1656759180', 'until 2022-07-02 10:53:00 UTC (expired)'],
  ['time>1656920538', 'after 2022-07-04 07:42:18 UTC'],
  ['time<99999999999999999', 'the time is a number less than 99999999999999999'],
  ['time^1', "the time in seconds since 1970 starts with '1'"],
  ['rate=2', 'at most once every 30 seconds, in total for all runes with id 5'],
  ['rate=7', 'at most once about every 8.57 seconds, in total for all runes with id 5'],
  ['per=1day', 'at most once every day, in total for all runes with id 5'],
  ['per=90sec', 'at most once every 90 seconds, in total for all runes with id 5'],
  ['per=x', 'never (malformed per)'],
  ['bogus}a', "the unknown field 'bogus' sorts after 'a'"],
  ['note#hello', "always (a comment: 'note#hello')"],
  ['time!', 'never (there is always a time)'],
  // These look like comments but restrict calls.
  ['rate#', 'never (rate operator must be =)'],
  ['per#x', 'never (per operator must be =)'],
  ['pinva#', "never (unknown invoice field 'a')"],
  // Untrusted text cannot end the quotation, start a line or control the terminal.
  ["method=a' or anything '", "the command is 'a\\' or anything \\''"],
  ['method=a\n  2. anything', "the command is 'a\\n  2. anything'"],
  ['method=\u001B[2J\u009B\u202E\u2028\\', "the command is '\\u001b[2J\\u009b\\u202e\\u2028\\\\'"],
  ['method=\uDCFF', "the command is '\\xff'"],
])('%s: %s', (text, words) => {
  expect(restrictionInWords(Restriction.of(text), NOW, '5')).toBe(words);
});

test('a rune has one line for each restriction', () => {
  const rune = master.create('5', [
    Restriction.of('method^list', 'method=summary'),
    ...parseRestrictions('[[]]', 'createrune'),
  ]);
  expect(inPlainWords(rune, NOW)).toEqual([
    "the command starts with 'list', or the command is 'summary'",
    'nothing: the restriction has no alternatives',
  ]);
});

test('explainVerdict agrees with refusalReason', () => {
  const texts = fc
    .tuple(
      fc.constantFrom('method', 'pnum', 'parr0', 'rate', 'time'),
      fc.constantFrom(...CONDITIONS),
      fc.constantFrom('1', 'pay', 'x'),
    )
    .map((parts) => parts.join(''));
  const restriction = fc.array(texts, { minLength: 1, maxLength: 3 });
  const params = fc.constantFrom('[]', '[1]', '{"a":"x"}');
  fc.assert(
    fc.property(fc.array(restriction, { maxLength: 3 }), params, (all, given) => {
      const rune = master.create(
        '0',
        all.map((alternatives) => Restriction.of(...alternatives)),
      );
      const call = { now: 0n, method: 'pay', params: given };
      const verdict = explainVerdict(rune, call);
      const reason = refusalReason(rune, call);
      expect(verdict.allowed).toBe(reason === undefined);
      const first = verdict.restrictions.find(({ passed }) => !passed);
      const reasons = first?.alternatives.map((one) => one.reason).join(' AND ');
      // lightningd's English changes only the start of the reason.
      if (reasons !== undefined) expect(reason?.slice(-8)).toBe(reasons.slice(-8));
    }),
  );
});
