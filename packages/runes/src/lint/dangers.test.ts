import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Finding, lint, Master, refusalReason, Restriction, type Rune } from '../index.ts';
import { PLUGIN_COMMANDS, SENSITIVE_COMMANDS } from './sensitive-commands.ts';

const master = new Master(new Uint8Array(32).fill(7));
const NOW = 1_700_000_000n;

const runeOf = (...texts: string[]): Rune =>
  master.create(
    '0',
    texts.map((text) => Restriction.parse(text)),
  );
const about = (...texts: string[]): Finding[] => lint(runeOf(...texts), NOW);
const dangers = (...texts: string[]): string[] =>
  about(...texts).flatMap(({ code, severity }) => (severity === 'danger' ? [code] : []));
const message = (...texts: string[]): string =>
  about(...texts).find(({ severity }) => severity === 'danger')?.message ?? '';

describe('nearly unrestricted', () => {
  test.each([
    // Time: the caller waits or hurries.
    'time<1893456000',
    'time<1700003600',
    'time>1893456000',
    'time=1893456000',
    'time/1893456000',
    'time^1',
    'time~7',
    'time}1',
    // The parameters are the caller's choice.
    'pnum<100',
    'pnum>0',
    'pnum/7',
    'pnum=2',
    'pnamelabel^x',
    'pnamedestination!',
    'pnameanything~x',
    'parr0/x',
    'parr7!',
    'pinvbolt11_description/x',
    // Requests over REST have no id.
    'id!',
    'id/02ab',
    'rate=60',
    'per=1sec',
  ])('an alternative %s beside a method', (alternative) => {
    const found = about(`method=invoice|${alternative}`);
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'loose_alternative',
        severity: 'danger',
        restriction: 0,
        alternative: 1,
      }),
    );
    expect(dangers(`method=invoice|${alternative}`)).toEqual(['loose_alternative']);
    // A restriction of its own is the fix.
    expect(dangers('method=invoice', alternative)).toEqual([]);
  });

  test.each([
    'method/stop',
    'method/pay',
    'method~',
    'method}a',
    'method{zzz',
    'method=invoice|method/x',
    'method/withdraw|rate=60',
    'method=getinfo|method}0',
  ])('%s allows nearly every command', (restriction) => {
    expect(about(restriction)).toContainEqual(expect.objectContaining({ severity: 'danger' }));
    expect(dangers(restriction).join()).toMatch(/any_command|unrestricted/);
  });

  test.each([
    'method=invoice|time<1600000000',
    'method=invoice|time!',
    'method=invoice|bogus=1',
    'method=invoice|pnum<0',
    'method=invoice|method=listinvoices',
    'method^list|method^get|method=summary',
    'method/pay|pinvbolt11_amount<5',
  ])('%s is not loose', (restriction) => {
    expect(dangers(restriction)).not.toContain('loose_alternative');
  });

  test('a loose alternative is harmless if another restriction names the commands', () => {
    expect(dangers('method=invoice|time<1893456000', 'method=invoice|method=getinfo')).toEqual([]);
  });

  test('an alternative is not loose if another restriction limits what the commands spend', () => {
    const limited = [
      'method=invoice|pinvbolt11_amount<1000001',
      'method=invoice|pnum=1',
      'per=1min',
    ];
    expect(about('method=pay|method=invoice', ...limited)).toEqual([]);
    // The limit alone leaves the fee to the caller.
    expect(dangers('method=pay|method=invoice', ...limited.slice(0, 1))).toEqual(['unlimited_fee']);
  });

  test('a named command without a limit is a danger of its own', () => {
    for (const loose of ['time<1893456000', 'pnum=1', 'rate=60']) {
      const texts = ['method=pay|method=invoice', `method=invoice|${loose}`];
      expect(dangers(...texts)).toEqual(['unlimited_amount']);
      expect(dangers(...texts.toReversed())).toEqual(['unlimited_amount']);
    }
    // Neither restriction names the commands.
    expect(dangers('method=invoice|time<1893456000', 'method/stop')).toContain('loose_alternative');
    expect(dangers('method=invoice|time<1893456000', 'pnum<9')).toContain('loose_alternative');
  });

  test('the message says until when, what is allowed, and what to do', () => {
    expect(message('method=invoice|time<1893456000')).toBe(
      "every command is allowed until 2030-01-01 00:00:00 UTC, among them pay, xpay, renepay, keysend and 34 more; put 'time<1893456000' into a restriction of its own",
    );
    expect(message('method=invoice|rate=60')).toMatch(/^every command is allowed at this rate, /);
    expect(message('method=invoice|pnamelabel=x')).toMatch(/^this alternative also allows other /);
  });

  test.each([
    [['pnum=0'], 'any_command'],
    [['time<1893456000'], 'any_command'],
    [['pnamelabel=x', 'time<1893456000'], 'any_command'],
    [['time<1893456000', 'rate=60'], 'any_command'],
    [['method#all of them', 'pnum<5'], 'any_command'],
    [['pinvbolt11_amount<1000'], 'any_command'],
    [['rate=60'], 'rate_only'],
    [['per=1day', 'note#mine'], 'rate_only'],
    [['rate=60|per=1sec'], 'rate_only'],
  ])('a rune without any method: %j is %s', (restrictions, code) => {
    expect(dangers(...restrictions)).toEqual([code]);
    expect(message(...restrictions)).toContain('method=getinfo');
  });

  test('runes that allow nothing are no danger', () => {
    expect(dangers('time<1600000000')).toEqual([]);
    expect(dangers('method=pay', 'method=xpay')).toEqual([]);
  });
});

describe('a limit on the amount', () => {
  test.each([
    ['pay', 'pinvbolt11_amount<100001'],
    ['pay', 'pinvbolt11_amount=5000'],
    ['pay', 'pnamebolt11=lnbc1'],
    ['xpay', 'pinvinvstring_amount<100001'],
    ['xpay', 'pnamepartialmsat<100001'],
    ['renepay', 'pnameamountmsat<100001'],
    ['sendamount', 'pnameamountmsat<100001'],
    ['keysend', 'pnameamountmsat<100001'],
    ['keysend', 'pnameamount_msat<100001'],
    ['keysend', 'parr1<100001'],
    ['keysend', 'pnameamountmsat<100001|parr1<100001'],
    ['keysend', 'pnameamountmsat=100sat'],
    ['withdraw', 'pnamesatoshi<100001'],
    ['withdraw', 'parr1<100001'],
    ['fundchannel', 'pnameamount<100001'],
    ['spliceout', 'pnameamount<100001'],
    ['multiwithdraw', 'pnameoutputs=[{"bcrt1q":"1000sat"}]'],
    ['txsend', 'parr0=00ff'],
  ])('of %s holds: %s', (method, limit) => {
    expect(dangers(`method=${method}`, limit)).not.toContain('unlimited_amount');
    expect(dangers(`method=${method}|method=getinfo`, `method/${method}|${limit}`)).not.toContain(
      'unlimited_amount',
    );
  });

  test.each([
    ['pay', ''],
    // xpay, which is pay by default, ignores parameters of pay that it does not know.
    ['pay', 'pnameamountmsat<100001'],
    ['pay', 'pnameamount_msat<100001'],
    ['pay', 'pinvinvstring_amount<100001'],
    ['pay', 'pinvbolt11_amount<100001|pinvinvstring_amount<100001'],
    ['pay', 'pinvbolt11_amount<100001|pnameinvstring!'],
    ['pay', 'pinvbolt11_amount<100001|rate=1'],
    ['pay', 'pinvbolt11_amount<100001|parr0^lnbc'],
    ['pay', 'pinvbolt11_amount<100001|pnum<5'],
    ['pay', 'pinvbolt11_amount>100001'],
    ['pay', 'pinvbolt11_amount/100001'],
    ['pay', 'pinvbolt11_amount{2'],
    ['pay', 'pinvbolt11_amount^1'],
    // 1 BTC and more.
    ['pay', 'pinvbolt11_amount<100000000000'],
    ['pay', 'pinvbolt11_description~tip'],
    // An offer's invoice can have another amount.
    ['xpay', 'pnameamountmsat<100001'],
    ['xpay', 'pnamelabel=x'],
    ['renepay', 'pnameamountmsat<100001|pnameamountmsat!'],
    // By position, no parameter has a name.
    ['keysend', 'pnameamountmsat<100001|pnameamountmsat!'],
    ['keysend', 'pnameamountmsat<100001|parr1/0'],
    ['withdraw', 'pnamesatoshi=all'],
    ['withdraw', 'pnamesatoshi/all'],
    ['withdraw', 'pnamesatoshi<100000000'],
    ['withdraw', 'pnamesatoshi<100001|parr1=all'],
    ['withdraw', 'pnamedestination^bc1'],
    ['withdraw', 'time<1893456000'],
    ['fundchannel', 'pnameamount=all'],
    ['fundchannel', 'pnamepushmsat!'],
    ['fundchannel', 'rate=1'],
    // The route, the onion or the transaction has the amount.
    ['sendpay', 'pnameamountmsat<100001'],
    ['sendpay', 'pinvbolt11_amount<100001'],
    ['sendonion', 'pnameamountmsat<100001'],
    ['injectpaymentonion', 'pnameamountmsat<100001'],
    ['multiwithdraw', 'pnum=1'],
    ['multifundchannel', 'pnameminconf>5'],
    ['txprepare', 'pnum=1'],
    ['txsend', 'per=1day'],
    ['signpsbt', 'pnum=1'],
    ['splice_signed', 'pnum=2'],
    ['spliceout', 'pnameamount~sat'],
    ['close', ''],
    ['close', 'pnamedestination!'],
    ['close', 'pnamedestination!', 'parr3!'],
    ['invoicerequest', 'pnameamount=any'],
    // A fixed recipient does not limit the amount.
    ['pay', `pinvbolt11_node=02${'ab'.repeat(32)}`],
    ['xkeysend', 'pnamedestination=02ab', 'pnamemaxfee!', 'parr3!'],
    ['withdraw', 'pnamedestination=bcrt1q|parr0=bcrt1q', 'pnamefeerate!', 'parr2!'],
    ['fundchannel', 'pnameid=02ab|parr0=02ab'],
  ])('of %s does not hold: %s', (method, ...limits) => {
    const given = limits.filter((limit) => limit !== '');
    expect(dangers(`method=${method}`, ...given)).toEqual(['unlimited_amount']);
  });

  test.each([
    [['pnamedestination!', 'parr2!']],
    [['pnamedestination!', 'pnum<3']],
    [['pnum=1']],
    [['pnamedestination=bcrt1q']],
    [['parr0^02', 'pnum<3']],
  ])('close cannot send funds elsewhere: %j', (limits) => {
    expect(dangers('method=close', ...limits)).toEqual([]);
  });

  test('the fix is a limit, and the next finding is about the fee', () => {
    const limited = SENSITIVE_COMMANDS.filter(({ power }) => power === 'spends');
    for (const { name } of limited) {
      for (const others of ['', '|method=getinfo']) {
        const texts = [`method=${name}${others}`];
        for (let round = 0; round < 3; round++) {
          const finding = about(...texts).find(({ severity }) => severity === 'danger');
          if (finding === undefined || finding.message.includes('remove this command')) break;
          expect(finding).toMatchObject({ restriction: 0 });
          expect(finding.code).toBe(round === 0 ? 'unlimited_amount' : 'unlimited_fee');
          const [, fixes = ''] = finding.message.split(/; [^;]*add /);
          texts.push(...fixes.split(' and ').map((text) => text.slice(1, -1)));
        }
        const left = dangers(...texts);
        expect(left).toEqual(texts.length === 1 ? ['unlimited_amount'] : []);
      }
    }
  });

  test('the message quotes a restriction that only seems to limit the amount', () => {
    expect(message('method=pay', 'pnameamountmsat<100001')).toBe(
      "'pnameamountmsat<100001' does not limit the amount of 'pay', because an invoice has its own amount; for at most 100 sat, add 'pinvbolt11_amount<100001'",
    );
    expect(message('method=pay|method=getinfo')).toBe(
      "'pay' has no limit on the amount; for at most 100 sat, add 'method/pay|pinvbolt11_amount<100001'",
    );
    expect(message('method=sendpay')).toBe(
      "'sendpay' spends an amount that no restriction can limit; remove this command, and allow pay with pinvbolt11_amount<100001 instead",
    );
  });
});

describe('a limit on the fee', () => {
  const limit = 'pinvbolt11_amount<100001';

  test.each([
    [[]],
    [['pnamemaxfee!']],
    [['pnamemaxfee!|pnamemaxfeepercent!|pnameexemptfee!']],
    [['pnamemaxfee!', 'pnamemaxfeepercent!', 'pnameexemptfee!|rate=1']],
    [['pnamemaxfee<1000|pnamemaxfee!']],
  ])('of pay is missing: %j', (restrictions) => {
    expect(dangers('method=pay', limit, ...restrictions)).toEqual(['unlimited_fee']);
  });

  test.each([
    [['pnamemaxfee!', 'pnamemaxfeepercent!', 'pnameexemptfee!']],
    [['pnamemaxfee<1000']],
    [['pnamemaxfee!|pnamemaxfee<1000', 'pnamemaxfeepercent!', 'pnameexemptfee!']],
    [['pnum=1']],
  ])('of pay holds: %j', (restrictions) => {
    expect(dangers('method=pay', limit, ...restrictions)).toEqual([]);
  });

  test('by position is a limit on the number of parameters', () => {
    const keysend = (...more: string[]) => dangers('method=keysend', 'parr1<1000', ...more);
    expect(keysend('pnamemaxfee!')).toEqual(['unlimited_fee']);
    expect(keysend('pnum<4')).toEqual([]);
    expect(keysend('pnum<5')).toEqual(['unlimited_fee']);
    expect(keysend('parr3!')).toEqual([]);
  });
});

test('a limit on the number of calls is a hint', () => {
  const limited = ['method=sendamount', 'pnameamountmsat<1000'];
  expect(about(...limited)).toEqual(
    [expect.objectContaining({ code: 'unlimited_count', severity: 'hint' })]
      .concat(expect.objectContaining({ code: 'integers_only' }))
      .toReversed(),
  );
  expect(about(...limited, 'per=1min').map(({ code }) => code)).toEqual(['integers_only']);
  for (const loose of ['per=1min|time<1893456000', 'per=1nsec', 'per=999msec', 'rate=61']) {
    expect(about(...limited, loose).map(({ code }) => code)).toContain('unlimited_count');
  }
  expect(about(...limited, 'rate=60').map(({ code }) => code)).not.toContain('unlimited_count');
  // Closing channels again to the same place spends nothing more.
  expect(about('method=close', 'pnum=1')).toEqual([]);
});

describe('the right to make runes or to run programs', () => {
  test.each([
    ['makes_runes', 'method=createrune'],
    ['makes_runes', 'method=getinfo|method=createrune'],
    ['makes_runes', 'method^create'],
    ['makes_runes', 'method=commando-rune'],
    ['makes_runes', 'method=showrunes'],
    ['makes_runes', 'method^show'],
    ['makes_runes', 'method=makesecret'],
    ['makes_runes', 'method=rest-register-path'],
    ['makes_runes', 'method=clnrest-register-path'],
    ['controls_node', 'method=plugin'],
    ['controls_node', 'method=reckless'],
    ['controls_node', 'method=exposesecret'],
    ['controls_node', 'method=setconfig'],
    ['controls_node', 'method=recover'],
    ['controls_node', 'method=emergencyrecover'],
    ['controls_node', 'method=dev-forget-channel'],
  ])('%s: %s', (code, restriction) => {
    expect(dangers(restriction)).toEqual([code]);
    expect(dangers(restriction, 'rate=1', 'time<1893456000')).toEqual([code]);
    expect(message(restriction)).toContain('remove this command');
  });

  test.each([
    ['method=createrune', 'pnum=0'],
    ['method=createrune', 'pnamerune~='],
    ['method=createrune', 'pnamerune=null'],
    ['method=makesecret', 'pnamestring=commando'],
    ['method=makesecret', 'pnamehex=636f6d6d616e646f'],
    ['method=plugin', 'pnamesubcommand=start'],
  ])('%j stays dangerous', (...texts) => {
    expect(dangers(...texts)).toHaveLength(1);
  });

  test.each([
    ['method=createrune', 'pnamerune=KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA=='],
    ['method=makesecret', 'pnamestring=other'],
    ['method=plugin', 'pnamesubcommand=list'],
    ['method=blacklistrune'],
    ['method=checkrune'],
  ])('%j is not dangerous', (...texts) => {
    expect(dangers(...texts)).toEqual([]);
  });
});

test.each(PLUGIN_COMMANDS.map(({ name }) => name))('%s of a plugin spends', (name) => {
  expect(dangers(`method=${name}`)).toEqual(['unlimited_amount']);
});

test('funderupdate decides what the node adds to channels, unless it only shows', () => {
  expect(dangers('method=funderupdate')).toEqual(['unlimited_amount']);
  expect(message('method=funderupdate')).toContain("add 'pnum=0'");
  expect(about('method=funderupdate', 'pnum=0')).toEqual([]);
});

test.each([
  [['method=listdatastore'], 'secrets'],
  [['method^list'], 'method/listdatastore'],
  [['method=datastore'], 'pnamekey='],
  [['method=datastore', 'pnamekey=commando'], 'pnamekey='],
  [['method=deldatastore'], 'pnamekey='],
  [['method=blacklistrune'], 'restore revoked runes'],
  [['method=blacklistrune', 'pnamerelist!'], 'parr2!'],
])('%j needs care', (texts, fix) => {
  const found = about(...texts).filter(({ code }) => code === 'needs_care');
  expect(found).toMatchObject([{ severity: 'hint' }]);
  expect(found[0]?.message).toContain(fix);
});

test.each([
  [['method^list', 'method/listdatastore']],
  [['method=datastore', 'pnamekey=mine']],
  [['method=blacklistrune', 'pnamerelist!', 'parr2!']],
  [['method=blacklistrune', 'pnum<3', 'pnamerelist!']],
])('%j needs no care', (texts) => {
  expect(about(...texts)).toEqual([]);
});

test('a rune without a finding allows no spending call beyond its limits', () => {
  // Calls that spend 1 BTC or more, or that the caller can choose.
  const calls = [
    ['keysend', '{"destination":"02ab","amount_msat":100000000000}'],
    ['keysend', '["02ab",100000000000]'],
    ['keysend', '{"destination":"02ab","amount_msat":"1btc"}'],
    ['keysend', '{"destination":"02ab","amount_msat":1,"maxfee":"1btc"}'],
    ['withdraw', '{"destination":"bcrt1q","satoshi":"all"}'],
    ['withdraw', '["bcrt1q","all"]'],
    ['withdraw', '["bcrt1q",100000000]'],
    ['createrune', '{}'],
    ['plugin', '{"subcommand":"start","plugin":"/x"}'],
  ].map(([method = '', params = '']) => ({ method, params, now: (NOW + 5n) * 1_000_000_000n }));
  const field = fc.constantFrom(
    'method',
    'method',
    'time',
    'rate',
    'pnum',
    'pnamesatoshi',
    'pnameamountmsat',
    'pnamemaxfee',
    'parr1',
    'pnamebogus',
    'id',
  );
  const value = fc.constantFrom(
    'keysend',
    'withdraw',
    'createrune',
    'plugin',
    'getinfo',
    '1893456000',
    '2',
    'all',
    '1000',
    '',
  );
  const alternative = fc
    .tuple(field, fc.constantFrom('=', '/', '^', '<', '>', '!', '~'), value)
    .map((parts) => parts.join(''));
  const restriction = fc.array(alternative, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(restriction, { minLength: 1, maxLength: 5 }), (restrictions) => {
      const rune = master.create(
        '0',
        restrictions.map((alternatives) => Restriction.of(...alternatives)),
      );
      if (lint(rune, NOW).some(({ severity }) => severity === 'danger')) return;
      for (const call of calls) {
        expect(refusalReason(rune, call, { lastUsed: () => undefined })).toBeDefined();
      }
    }),
    { numRuns: 1_000 },
  );
});
