import { setImmediate as turn } from 'node:timers/promises';
import { RpcError, type RpcPipeline, TransportError } from '@clnrest/lightningd';
import { Restriction, Rune } from '@clnrest/runes';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Refusal } from '../refusals.ts';
import { loadInvoiceReader } from '../node/invoice-reader.ts';
import { makeRuneCheck } from '../node/rune-check.ts';
import { RuneReader } from '../node/rune-reader.ts';
import { RuneVerifier } from '../node/rune-verifier.ts';
import { RuneNode } from '../testing/rune-node.ts';
import { LocalJudge } from './local-judge.ts';

/** From BOLT 11's examples: 250,000,000 msat, "1 cup coffee". */
const INVOICE =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';

/** Long enough for the reports of uses. */
const REPORTED_MS = 250;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 1_700_000_000_500 });
});
afterEach(() => void vi.useRealTimers());

/** Lets promises settle, which the fake node's replies are. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

async function started(node = new RuneNode()) {
  const pipeline = { callText: node.callText } as unknown as RpcPipeline;
  const reader = new RuneReader();
  const verifier = new RuneVerifier(reader);
  const log: string[] = [];
  const silent: (readonly [id: bigint, since: number])[] = [];
  const judge = new LocalJudge({
    pipeline,
    verifier,
    log: (level, message) => log.push(`${level}: ${message}`),
    timeoutMs: 1_000,
    silent: (id, since) => silent.push([id, since]),
    revocations: [],
  });
  onTestFinished(() => judge.close());
  const check = makeRuneCheck({ pipeline, reader, judge, timeoutMs: 1_000 });
  await settle();
  const verdict = async (rune: string, method = 'getinfo', params = '{}'): Promise<string> => {
    const refusal = await check(rune, { method, params });
    return refusal === undefined ? 'allowed' : `${refusal.code} ${refusal.message}`;
  };
  const checks = (): number => node.paramsOf('checkrune').length;
  const report = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(REPORTED_MS);
    await settle();
  };
  return { node, judge, log, silent, check, verdict, checks, report };
}

/** Calls of pay that satisfy a limit with a parameter that the node ignores. */
const IGNORED = [
  ['pnameamountmsat<10', '{"bolt11":"x","amountmsat":5}', 'use amount_msat'],
  ['pnameamountmsat<10', '{"amount.msat":5,"bolt11":"x"}', 'use amount_msat'],
  ['pnamemaxfee<10', '{"bolt11":"x","max_fee":5}', 'use maxfee'],
  [
    'pinvinvstring_amount<300000000',
    `{"bolt11":"x","invstring":"${INVOICE}"}`,
    'without invstring',
  ],
  ['pinvinvstring_amount<300000000', `{"bolt11":"x","inv_string":"${INVOICE}"}`, 'use invstring'],
] as const;

test.each(IGNORED)('a limit %s cannot be met by a parameter that pay ignores', async (...each) => {
  const [limit, params, detail] = each;
  // With rate, the node decides.
  for (const further of [[], [['rate=1000']]]) {
    const { node, verdict } = await started();
    const rune = node.create([limit], ...further);
    expect(await verdict(rune, 'pay', params)).toMatch(
      new RegExp(`^-32602 The rune restricts parameters, .*: .*${detail}$`),
    );
    expect(await verdict(node.create([limit], ...further), 'echo', params)).toBe('allowed');
    expect(await verdict(node.create(...further), 'pay', params)).toBe('allowed');
  }
});

describe('the local judge', () => {
  test('decides without the node, and reports the use afterwards', async () => {
    const { node, verdict, checks, report } = await started();
    const rune = node.create(['method=getinfo']);
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(0);
    await report();
    expect(node.paramsOf('checkrune')).toEqual([{ rune, method: 'getinfo', params: {} }]);
  });

  test('does not report the rechecks of a subscriber, except to the node that decides them', async () => {
    const { node, check, checks, report } = await started();
    const recheck = { method: 'getinfo', params: '{}', isRecheck: true } as const;
    expect(await check(node.create(), recheck)).toBeUndefined();
    await report();
    expect(checks()).toBe(0);
    const restricted = node.create(['method=getinfo']);
    expect(await check(restricted, { ...recheck, method: 'pay' })).toMatchObject({ code: 1502 });
    const limited = node.create(['rate=60']);
    expect(await check(limited, recheck)).toBeUndefined();
    // One for the node to compare the refusal, one to decide.
    await report();
    expect(node.paramsOf('checkrune').map(({ rune }) => rune)).toEqual([limited, restricted]);
  });

  test('refuses in the words of the node', async () => {
    const { node, verdict, checks } = await started();
    const rune = node.create(['method^list', 'method=getinfo'], ['pnum=0']);
    expect(await verdict(rune, 'pay')).toBe(
      '1502 Not permitted: method does not start with list AND method is not equal to getinfo',
    );
    expect(await verdict(rune, 'getinfo', '[1]')).toBe(
      '1502 Not permitted: number of parameters is not equal to 0',
    );
    expect(await verdict('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==')).toBe(
      '1501 Not authorized: Not derived from master',
    );
    expect(checks()).toBe(0);
  });

  test('merges the uses of one id, and reports each id', async () => {
    const { node, verdict, report } = await started();
    const runes = [node.create(), node.create(['method=getinfo'])];
    for (let use = 0; use < 100; use++) {
      for (const rune of runes) expect(await verdict(rune, 'getinfo', `[${use}]`)).toBe('allowed');
    }
    await report();
    expect(node.paramsOf('checkrune')).toEqual(
      runes.map((rune) => ({ rune, method: 'getinfo', params: [99] })),
    );
  });

  test('reports uses of an id before the node checks a rune with this id', async () => {
    const { node, verdict } = await started();
    const rune = node.create();
    expect(await verdict(rune)).toBe('allowed');
    expect(await verdict(node.create())).toBe('allowed');
    const unknown = Rune.fromBase64(rune).restrict(Restriction.of('newfield=5', 'pnum=1'));
    await verdict(unknown.toBase64(), 'decode', '["x"]');
    expect(node.paramsOf('checkrune').map(({ method }) => method)).toEqual(['getinfo', 'decode']);
  });

  test.each([
    ['rate=60'],
    ['per=1sec'],
    ['pinvbolt11_amount<5', 'parr0!'],
    ['pinvbolt11_expiry<5'],
    ['newfield=1'],
    ['pnamea=1', 'pnameb!'],
  ])('leaves %s to the node', async (...restrictions) => {
    const { node, verdict, checks } = await started();
    const rune = node.create(...restrictions.map((each) => [each]));
    await verdict(rune, 'getinfo', '{"a":1}');
    expect(checks()).toBe(1);
  });

  test('decides about an invoice that it can read, and leaves others to the node', async () => {
    await loadInvoiceReader();
    const { node, verdict, checks, log } = await started();
    const rune = node.create(['pinvbolt11_amount<250000001']);
    const decide = (invoice: string): Promise<string> =>
      verdict(rune, 'pay', JSON.stringify({ bolt11: invoice }));
    expect(await decide(INVOICE)).toBe('allowed');
    const small = node.create(['pinvbolt11_amount<250000000']);
    expect(await verdict(small, 'pay', JSON.stringify({ bolt11: INVOICE }))).toBe(
      '1502 Not permitted: invoice parameter bolt11_amount is greater or equal to 250000000',
    );
    expect(checks()).toBe(0);
    // An amount beyond 64 bits wraps around in lightningd.
    const unreadable = [
      '',
      'x',
      'lni1qqqqqqqq',
      'lnbc99999999991qqqqqq',
      `lni1${'q'.repeat(20_000)}`,
    ];
    for (const text of unreadable) await decide(text);
    // The first one also reports the use.
    expect(checks()).toBe(unreadable.length + 1);
    expect(log).toEqual([]);
  });

  test.each(['a"b', 'a\\b', 'é', 'a\nb'])(
    'leaves the method %j to the node, which does not unescape it',
    async (method) => {
      const { node, verdict, checks } = await started();
      await verdict(node.create(['method=a']), method);
      await verdict(node.create(['method=a']), 'shop/read');
      expect(checks()).toBe(1);
    },
  );

  test('leaves all runes of an id to the node once one of them has a rate', async () => {
    const { node, verdict, checks } = await started();
    const rune = node.create();
    const rated = Rune.fromBase64(rune).restrict(Restriction.of('rate=60')).toBase64();
    expect(await verdict(rated)).toBe('allowed');
    expect(await verdict(rune)).toBe('allowed');
    expect(await verdict(rated)).toBe('1502 Not permitted: too soon');
    expect(await verdict(node.create())).toBe('allowed');
    expect(checks()).toBe(3);
  });

  test('leaves the decision to the node close to the time of a restriction', async () => {
    const { node, verdict, checks } = await started();
    const rune = node.create(['time<1700000001']);
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(0);
    vi.setSystemTime(1_700_000_000_960);
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(2);
    vi.setSystemTime(1_700_000_001_500);
    expect(await verdict(rune)).toBe('1502 Not permitted: time is greater or equal to 1700000001');
  });

  test('does not report a mismatch for a rune that expires before its report', async () => {
    const { node, verdict, log, checks, report } = await started();
    const rune = node.create(['time<1700000001']);
    vi.setSystemTime(1_700_000_000_900);
    expect(await verdict(rune)).toBe('allowed');
    await report();
    expect(checks()).toBe(1);
    expect(log).toEqual([]);
    expect(await verdict(node.create())).toBe('allowed');
    expect(checks()).toBe(1);
  });
});

describe('a revocation', () => {
  test('leaves decisions to the node from its announcement until the list is read', async () => {
    const { node, judge, verdict, checks, log, report } = await started();
    const [rune, other] = [node.create(), node.create()];
    judge.announce({ start: 0, end: 0, relist: false });
    expect(await verdict(rune)).toBe('allowed');
    expect(await verdict(other)).toBe('allowed');
    expect(checks()).toBe(1);
    node.authority.blacklist(0n, 0n);
    expect(await verdict(rune)).toBe('1503 Not authorized: Blacklisted rune');
    expect(checks()).toBe(2);
    judge.revocationsPassed();
    await settle();
    expect(await verdict(rune)).toBe('1503 Not authorized: Blacklisted rune');
    expect(await verdict(other)).toBe('allowed');
    expect(checks()).toBe(2);
    await report();
    expect(log).toEqual([]);
  });

  test('can be undone', async () => {
    const { node, judge, verdict, log, report } = await started();
    const rune = node.create();
    for (const relist of [false, true, false]) {
      judge.announce({ start: 0, end: 10, relist });
      if (relist) node.authority.relist(0n, 10n);
      else node.authority.blacklist(0n, 10n);
      judge.revocationsPassed();
      await settle();
      expect(await verdict(rune)).toBe(
        relist ? 'allowed' : '1503 Not authorized: Blacklisted rune',
      );
      await report();
    }
    expect(log).toEqual([]);
  });

  test('is in doubt until its own result shows, even if another one changes the same ids', async () => {
    const { node, judge, verdict, checks } = await started();
    const [rune] = [node.create(), node.create()];
    judge.announce({ start: 1, end: 1, relist: false });
    judge.announce({ start: 0, end: 1, relist: false });
    node.authority.blacklist(1n, 1n);
    judge.revocationsPassed();
    await settle();
    node.authority.blacklist(0n, 0n);
    expect(await verdict(rune)).toBe('1503 Not authorized: Blacklisted rune');
    expect(checks()).toBe(1);
  });

  test('that takes effect late leaves decisions to the node for a minute', async () => {
    const { node, judge, verdict, checks } = await started();
    const rune = node.create();
    judge.announce({ start: 0, end: 0, relist: false });
    judge.revocationsPassed();
    await settle();
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(1);
    node.authority.blacklist(0n, 0n);
    expect(await verdict(rune)).toBe('1503 Not authorized: Blacklisted rune');
  });

  test('between a use and its report is not a mismatch', async () => {
    const { node, judge, verdict, log, report } = await started();
    const rune = node.create();
    expect(await verdict(rune)).toBe('allowed');
    judge.announce({ start: 0, end: 0, relist: false });
    node.authority.blacklist(0n, 0n);
    judge.revocationsPassed();
    await settle();
    await report();
    expect(log).toEqual([]);
    expect(await verdict(rune)).toBe('1503 Not authorized: Blacklisted rune');
  });

  test('without an announcement is a mismatch', async () => {
    const { node, verdict, log, checks, report } = await started();
    const rune = node.create(['method=getinfo']);
    expect(await verdict(rune)).toBe('allowed');
    node.authority.blacklist(0n, 0n);
    await report();
    expect(log).toEqual([
      'broken: The node refused a call of getinfo that the gateway allowed: rune id 0, restrictions method=getinfo. From now on the node checks every rune. Please report this',
    ]);
    expect(await verdict(rune)).toBe('1503 Not authorized: Blacklisted rune');
    expect(await verdict(node.create())).toBe('allowed');
    expect(checks()).toBe(3);
  });

  test('that cannot be read leaves all runes to the node', async () => {
    const { node, judge, verdict, checks } = await started();
    const rune = node.create();
    node.replies.set('blacklistrune', new Error('away'));
    judge.announce({ start: 5, end: 5, relist: true });
    judge.revocationsPassed();
    await settle();
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(1);
    node.replies.delete('blacklistrune');
    await vi.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(1);
  });
});

describe('a node that disagrees', () => {
  test.each([
    ['refuses what was allowed', new RpcError(1502, 'Not permitted: so'), 'getinfo'],
    ['allows what was refused', (): string => '{"valid":true}', 'pay'],
    ['refuses in other words', new RpcError(1502, 'Not permitted: so'), 'pay'],
  ])('%s: it decides everything from then on', async (_, reply, method) => {
    const { node, verdict, log, report, checks } = await started();
    const rune = node.create(['method=getinfo']);
    node.replies.set('checkrune', reply);
    await verdict(rune, method);
    await report();
    expect(log).toHaveLength(1);
    expect(log[0]).not.toContain(rune);
    node.replies.delete('checkrune');
    await verdict(rune);
    expect(checks()).toBe(2);
    await report();
    expect(checks()).toBe(2);
  });

  test('compares one refusal in 250 ms', async () => {
    const { node, verdict, report, checks } = await started();
    const rune = node.create(['method=getinfo']);
    for (let i = 0; i < 10; i++) await verdict(rune, `pay${i}`);
    await report();
    expect(checks()).toBe(1);
  });

  test('does not get a report twice', async () => {
    const { node, verdict, report, checks, log } = await started();
    node.replies.set('checkrune', new Error('away'));
    expect(await verdict(node.create())).toBe('allowed');
    await report();
    await report();
    expect(checks()).toBe(1);
    expect(log).toEqual([]);
  });
});

describe('a node that does not reply', () => {
  test('is asked before further calls, until it replies', async () => {
    const { node, verdict, checks, report } = await started();
    const rune = node.create();
    let open: () => void = () => undefined;
    node.gate = new Promise((resolve) => (open = resolve));
    expect(await verdict(rune)).toBe('allowed');
    await report();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 501);
    onTestFinished(() => clock.mockRestore());
    const waiting = verdict(rune);
    await settle();
    expect(checks()).toBe(2);
    open();
    expect(await waiting).toBe('allowed');
    await settle();
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(2);
  });

  test('fails the commands of the rune since its first reported use', async () => {
    const { node, verdict, silent, report } = await started();
    node.replies.set('checkrune', new TransportError('timed_out', 'no reply'));
    const before = performance.now();
    expect(await verdict(node.create())).toBe('allowed');
    expect(await verdict(node.create())).toBe('allowed');
    const after = performance.now();
    await report();
    expect(silent.map(([id]) => id)).toEqual([0n, 1n]);
    // The node is asked first until it replies.
    await expect(verdict(node.create())).rejects.toMatchObject({ kind: 'node_silent' });
    node.replies.delete('checkrune');
    expect(await verdict(node.create())).toBe('allowed');
    expect(node.paramsOf('checkrune')).toHaveLength(4);
    expect(await verdict(node.create())).toBe('allowed');
    expect(node.paramsOf('checkrune')).toHaveLength(4);
    for (const [, since] of silent) {
      expect(since).toBeGreaterThanOrEqual(before);
      expect(since).toBeLessThanOrEqual(after);
    }
  });
});

describe('without the secret', () => {
  test('the node decides', async () => {
    const node = new RuneNode();
    node.replies.set('makesecret', new RpcError(-1, 'no'));
    const { verdict, checks } = await started(node);
    expect(await verdict(node.create())).toBe('allowed');
    expect(checks()).toBe(1);
  });

  test('that arrives late, the node decides until then', async () => {
    const node = new RuneNode();
    node.replies.set('makesecret', new Error('away'));
    const { verdict, checks } = await started(node);
    const rune = node.create();
    expect(await verdict(rune)).toBe('allowed');
    node.replies.delete('makesecret');
    await vi.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(await verdict(rune)).toBe('allowed');
    expect(checks()).toBe(1);
  });
});

test('all reports are sent at the end', async () => {
  const { node, judge, verdict, checks } = await started();
  for (let i = 0; i < 5; i++) expect(await verdict(node.create())).toBe('allowed');
  await judge.flush();
  expect(checks()).toBe(5);
});

test('large parameters do not wait for the report', async () => {
  const { node, verdict, checks } = await started();
  const rune = node.create();
  expect(await verdict(rune, 'getinfo', JSON.stringify(['x'.repeat(5_000_000)]))).toBe('allowed');
  expect(checks()).toBe(1);
});

test('a status is a refusal, never a permission', async () => {
  const { node, judge } = await started();
  const reader = new RuneReader();
  const rune = reader.read(node.create());
  if (rune instanceof Refusal) throw rune;
  expect(judge.status(rune)).toBe('genuine');
  judge.close();
  expect(judge.status(rune)).toBe('unknown');
});
