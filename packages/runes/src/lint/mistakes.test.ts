import { describe, expect, test } from 'vitest';
import { isLinear } from '@clnrest/testing';
import {
  type Finding,
  lint,
  Master,
  parseRestrictions,
  READONLY,
  Restriction,
  Rune,
} from '../index.ts';

const master = new Master(new Uint8Array(32).fill(7));
const NOW = 1_700_000_000n;
const COMMANDS = [
  'getinfo',
  'invoice',
  'listfunds',
  'listinvoices',
  'listpeerchannels',
  'listdatastore',
  'pay',
  'xpay',
  'metrics',
];

/** The mistakes in one unescaped alternative. */
const mistakes = (alternative: string): Finding[] =>
  lint(master.create('0', [Restriction.of(alternative)]), NOW, { commands: COMMANDS }).filter(
    ({ severity, code }) => severity === 'mistake' && code !== 'never_passes',
  );

describe('several conditions in one value', () => {
  test.each([
    ['method=pay,method=xpay', "'method=pay|method=xpay'"],
    ['method=pay|method=xpay', "'method=pay|method=xpay'"],
    ['method=pay;method=xpay', "'method=pay|method=xpay'"],
    ['method=pay, rate=60', "'method=pay' and 'rate=60'"],
    ['method=pay&rate=60', "'method=pay' and 'rate=60'"],
    ['method=pay rate=60', "'method=pay' and 'rate=60'"],
    ['pnum=1,pnamelabel=x', "'pnum=1|pnamelabel=x'"],
    ['method=pay,xpay', "'method=pay|method=xpay'"],
    ['method=pay xpay', "'method=pay|method=xpay'"],
    ['method=invoice OR method=pay', "'method=invoice|method=pay'"],
    ['method=invoice and pnum=1', "'method=invoice' and 'pnum=1'"],
    ['method=pay or xpay', "'method=pay|method=xpay'"],
    ['method="pay", "xpay"', "'method=pay|method=xpay'"],
    ['method^list, get', "'method^list|method^get'"],
  ])('%s', (alternative, fix) => {
    const found = mistakes(alternative);
    expect(found).toMatchObject([{ code: 'several_in_value', restriction: 0, alternative: 0 }]);
    expect(found[0]?.message).toContain(`write ${fix}`);
  });

  test('as JSON for createrune', () => {
    const restrictions = parseRestrictions('[["method=pay,method=xpay"]]', 'createrune');
    const found = lint(master.create('0', restrictions), NOW);
    expect(found.map(({ code }) => code)).toContain('several_in_value');
  });

  test.each(['pnamelabel=a, b', 'note#method=a,method=b', 'pnamedescription^time'])(
    'not in %s',
    (alternative) => {
      expect(mistakes(alternative)).toEqual([]);
    },
  );
});

describe('quotes and blanks around a value', () => {
  test.each([
    ['method="pay"', 'quotes', 'method=pay'],
    ["method='pay'", 'quotes', 'method=pay'],
    ['method= pay', 'blanks', 'method=pay'],
    ['method=pay ', 'blanks', 'method=pay'],
    ['method=" pay "', 'quotes', 'method=pay'],
    ['method^"list"', 'quotes', 'method^list'],
    ['pnamelabel="x"', 'quotes', 'pnamelabel=x'],
    ['parr0=x ', 'blanks', 'parr0=x'],
    ['id="02ab"', 'quotes', 'id=02ab'],
    ['pinvbolt11_amount< 5', 'blanks', 'pinvbolt11_amount<5'],
    ['rate="60"', 'quotes', 'rate=60'],
    ['method=“pay”', 'quotes', 'method=pay'],
    ['method=„pay“', 'quotes', 'method=pay'],
  ])('%s', (alternative, what, fix) => {
    const found = mistakes(alternative);
    expect(found).toMatchObject([{ code: 'surrounded', restriction: 0, alternative: 0 }]);
    expect(found[0]?.message).toBe(`the ${what} around the value are part of it; write '${fix}'`);
  });

  // A prefix can end with a blank.
  test.each(['pnamelabel^order ', 'pnamelabel~"', 'note# mine '])('not in %s', (alternative) => {
    expect(mistakes(alternative)).toEqual([]);
  });
});

test.each([
  ['method=v1/getinfo', "'v1/'", 'method=getinfo'],
  ['method=/v1/getinfo', "'/v1/'", 'method=getinfo'],
  ['method=POST /v1/getinfo', "'POST /v1/'", 'method=getinfo'],
  ['method=POST getinfo', "'POST '", 'method=getinfo'],
  ['method=GET /v1/list-methods', "'GET /v1/'", 'method=list-methods'],
  ['method=https://127.0.0.1:3010/v1/pay', "'https://127.0.0.1:3010/v1/'", 'method=pay'],
  ['method^v1/list', "'v1/'", 'method^list'],
  ['method/v1/pay', "'v1/'", 'method/pay'],
])('a path before a command: %s', (alternative, part, fix) => {
  const found = mistakes(alternative);
  expect(found).toMatchObject([{ code: 'api_path', restriction: 0, alternative: 0 }]);
  expect(found[0]?.message).toBe(`${part} is not part of the command's name; write '${fix}'`);
});

describe('unknown commands', () => {
  test.each([
    ['method=get_info', 'getinfo'],
    ['method=GetInfo', 'getinfo'],
    ['method=list-invoices', 'listinvoices'],
    ['method=listinvoice', 'listinvoices'],
    ['method=lsitfunds', 'listfunds'],
    ['method=invioce', 'invoice'],
    ['method/listdatstore', 'listdatastore'],
    ['method=xpya', 'xpay'],
  ])('%s: did you mean %s?', (alternative, name) => {
    const found = mistakes(alternative);
    expect(found).toMatchObject([{ code: 'unknown_command', restriction: 0, alternative: 0 }]);
    expect(found[0]?.message).toMatch(`; did you mean '${name}'?`);
  });

  test.each([
    ['method=peerswap-swap-in', "no command is named 'peerswap-swap-in'"],
    ['method^lsit', "no command's name begins with 'lsit'"],
    ['method$funding', "no command's name ends with 'funding'"],
    ['method~peers', "no command's name contains 'peers'"],
  ])('%s has no similar name', (alternative, text) => {
    const [found] = mistakes(alternative);
    expect(found?.message).toMatch(text);
    expect(found?.message).toContain('ignore this if a plugin adds the command');
  });

  test('the command of readonly is known', () => {
    expect(lint(master.create('0', READONLY), NOW, { commands: COMMANDS })).toEqual([]);
  });

  test('known names, prefixes and other operators are no mistake', () => {
    for (const text of ['method=pay', 'method^list', 'method~fund', 'method}a', 'method!']) {
      expect(mistakes(text)).toEqual([]);
    }
  });

  test('without names, none is unknown', () => {
    const rune = master.create('0', [Restriction.of('method=nonsense')]);
    expect(lint(rune, NOW)).toEqual([]);
  });

  test('hostile runes cost in proportion', async () => {
    const commands = Array.from({ length: 200 }, (_, i) => `command${i}`);
    const hostile = (size: number): Rune => {
      const texts = Array.from({ length: size }, (_, i) => `method=komand${i}`);
      return Rune.fromString(`${'0'.repeat(64)}:=0&${texts.join('|')}`);
    };
    expect(await isLinear(hostile, (rune) => lint(rune, 0n, { commands }), 2 ** 14)).toBe(true);
    expect(lint(hostile(5_000), 0n, { commands }).length).toBeLessThan(200);
  });
});

describe('unknown parameters', () => {
  const parameters = new Map([
    ['invoice', ['amount_msat', 'label', 'description', 'expiry']],
    ['pay', ['bolt11', 'amount_msat']],
    ['xpay', ['invstring', 'amount_msat']],
    ['getinfo', []],
  ]);
  const found = (...texts: string[]): string[] =>
    lint(
      master.create(
        '0',
        texts.map((text) => Restriction.parse(text)),
      ),
      NOW,
      { parameters },
    )
      .filter(({ code }) => code === 'unknown_parameter')
      .map(({ message }) => message);

  test.each([
    [
      ['method=xpay', 'pinvbolt11_amount<5'],
      "'xpay' has no parameter 'bolt11'; write 'pinvinvstring_amount<5'",
    ],
    [
      ['method=invoice', 'pnameexpirey<5'],
      "'invoice' has no parameter 'expirey'; write 'pnameexpiry<5'",
    ],
    [
      ['method=invoice', 'pnamefoo=1'],
      "'invoice' has no parameter 'foo'; its parameters are amountmsat, label, description, expiry",
    ],
    [['method=getinfo', 'pnamefoo=1'], "'getinfo' has no parameter 'foo'; remove this restriction"],
    [
      ['method=invoice|method=getinfo', 'method/invoice|pnamefoo=1'],
      "'invoice' has no parameter 'foo'; its parameters are amountmsat, label, description, expiry",
    ],
    [
      ['method=invoice|method=getinfo', 'pnamelevel=1'],
      "no command of this rune has a parameter 'level'; write 'pnamelabel=1'",
    ],
  ])('%j', (texts, message) => {
    expect(found(...texts)).toEqual([message]);
  });

  test.each([
    [['method=invoice', 'pnameamount_msat<5', 'pnameamountmsat<5', 'parr9=1']],
    [['method=invoice|method=pay', 'pinvbolt11_amount<5']],
    [['method=invoice|method=getinfo', 'method=invoice|pnum=0']],
    [['method=getinfo|method=xpay', 'method/xpay|pinvinvstring_amount<5']],
    [['method^in', 'pnamefoo=1']],
    [['method=ofaplugin', 'pnamefoo=1']],
    [['method=invoice|method=ofaplugin', 'pnamefoo=1']],
    [['method=invoice', 'pnamefoo#a comment']],
  ])('not in %j', (texts) => {
    expect(found(...texts)).toEqual([]);
  });

  test('of commands that spend are found without their names', () => {
    const rune = master.create('0', ['method=xpay', 'pinvbolt11_amount<5'].map(Restriction.parse));
    expect(lint(rune, NOW).map(({ code }) => code)).toContain('unknown_parameter');
  });
});

test('a command without a name', () => {
  const [finding] = lint(master.create('0', [Restriction.of('method=')]), NOW);
  expect(finding).toMatchObject({ severity: 'mistake', code: 'unknown_command' });
  expect(finding?.message).toContain("write, for example, 'method=getinfo'");
});

describe('units of time', () => {
  test.each([
    ['time<1893456000000', 'time<1893456000'],
    ['time>1893456000000', 'time>1893456000'],
    ['time=1893456000000', 'time=1893456000'],
    ['time<1893456000000000', 'time<1893456000'],
    ['time<1893456000000000000', 'time<1893456000'],
  ])('milliseconds or less: %s', (alternative, fix) => {
    const found = mistakes(alternative);
    expect(found).toMatchObject([{ code: 'time_unit', restriction: 0, alternative: 0 }]);
    expect(found[0]?.message).toContain(`; write '${fix}'`);
  });

  test.each([
    ['time<2030-01-01', 'time<1893456000'],
    ['time<2030-01-01T00:00:00Z', 'time<1893456000'],
    ['time<"1893456000"', 'time<1893456000'],
    ['time<1893456000 ', 'time<1893456000'],
    ['time<1893456000.5', 'time<1893456000'],
  ])('a date or quotes: %s', (alternative, fix) => {
    const found = mistakes(alternative);
    expect(found).toMatchObject([{ code: 'surrounded' }]);
    expect(found[0]?.message).toBe(`the time must be digits only; write '${fix}'`);
  });

  test('a duration', () => {
    expect(mistakes('time<3600').map(({ code }) => code)).toEqual(['expired', 'time_unit']);
  });

  test.each([
    ['time<20301231', "write 'time<1924905600'"],
    ['time<2030', 'seconds since 1970'],
    ['time<1h', "'1h' is not a time"],
    ['time<tomorrow', "such as 'time<1893456000'"],
    ['time<0x70d88400', 'is not a time'],
    ['time=1893456000', "write 'time<1893456000'"],
    ['time^18', 'compares digits'],
    ['time}1893456000', 'compares digits'],
  ])('%s is not what its author meant', (alternative, fix) => {
    const found = mistakes(alternative).filter(({ code }) => code !== 'expired');
    expect(found).toMatchObject([{ code: 'time_unit', restriction: 0, alternative: 0 }]);
    expect(found[0]?.message).toContain(fix);
  });

  test('seconds are no mistake', () => {
    expect(mistakes('time<1893456000')).toEqual([]);
    expect(mistakes('time<99999999999')).toEqual([]);
  });
});

test('messages of mistakes are one line without control characters', () => {
  const nasty = 'x\u001b[2J\n\u202e\u2028\u009b';
  for (const text of [`method=${nasty},method=b`, `method="${nasty}"`, `method=v1/${nasty}`]) {
    const found = mistakes(text);
    expect(found).toHaveLength(1);
    for (const { message } of found) expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
  }
});
