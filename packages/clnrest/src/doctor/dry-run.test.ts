import { MemoryStore, Restriction, RuneAuthority, Rune } from '@clnrest/runes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasRateLimit, wouldBeAllowed, toDryRun } from './dry-run.ts';

const SECRET = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';

function node() {
  let now = 1_000_000_000_000_000_000n;
  const authority = new RuneAuthority({ secret: SECRET, store: new MemoryStore(), now: () => now });
  return { authority, later: (seconds: bigint) => (now += seconds * 1_000_000_000n) };
}

const ALTERNATIVES = [
  'method=getinfo',
  'method/getinfo',
  'method^list',
  'time<1000000001',
  'time>1000000001',
  'pnum=0',
  'pnamelevel!',
  'id=02aa',
  'rate=60',
  'per=1day',
  'x#',
];
const restriction = fc
  .uniqueArray(fc.constantFrom(...ALTERNATIVES), { minLength: 1, maxLength: 3 })
  .map((alternatives) => Restriction.of(...alternatives));

test('a dry run is always refused, and its reason shows whether the rune itself is allowed', () => {
  fc.assert(
    fc.property(
      fc.array(restriction, { maxLength: 4 }),
      fc.constantFrom('getinfo', 'listfunds', 'pay'),
      (restrictions, method) => {
        const { authority } = node();
        const rune = authority.create(restrictions);
        const dryRun = Rune.fromBase64(toDryRun(rune));
        const call = { method, params: '{}' };
        const refusal = authority.refusalOrUse(dryRun, call);
        expect(refusal?.code).toBe(1502);
        expect(wouldBeAllowed(refusal?.message ?? '')).toBe(
          authority.refusalOrUse(rune, call) === undefined,
        );
      },
    ),
  );
});

test('a dry run spends no use', () => {
  const { authority, later } = node();
  const rune = authority.create([Restriction.of('per=1hour')]);
  const dryRun = Rune.fromBase64(toDryRun(rune));
  const call = { method: 'getinfo', params: '{}' };
  for (let i = 0; i < 3; i++)
    expect(wouldBeAllowed(authority.refusalOrUse(dryRun, call)?.message ?? '')).toBe(true);
  expect(authority.refusalOrUse(rune, call)).toBeUndefined();
  expect(authority.refusalOrUse(dryRun, call)?.message).toBe('Not permitted: too soon');
  later(3_600n);
  expect(wouldBeAllowed(authority.refusalOrUse(dryRun, call)?.message ?? '')).toBe(true);
});

test('detects rate limits', () => {
  const rune = (...alternatives: string[]) =>
    node().authority.create([Restriction.of(...alternatives)]);
  expect(hasRateLimit(rune('method=pay'))).toBe(false);
  expect(hasRateLimit(rune('method=pay', 'rate=1'))).toBe(true);
  expect(hasRateLimit(rune('per=1min'))).toBe(true);
});
