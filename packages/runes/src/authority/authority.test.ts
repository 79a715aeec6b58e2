import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Master,
  MemoryStore,
  Restriction,
  Rune,
  RuneAuthority,
  RuneSyntaxError,
} from '../index.ts';

const SECRET = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
const SECOND = 1_000_000_000n;

function made(store = new MemoryStore()) {
  let now = 1_700_000_000n * SECOND;
  const authority = new RuneAuthority({ secret: SECRET, store, now: () => now });
  return { authority, store, later: (by: bigint) => void (now += by) };
}

test('ids count up from 0 and continue after a restart', () => {
  const { authority, store } = made();
  expect([authority.create(), authority.create()].map(({ uniqueId }) => uniqueId)).toEqual([
    '0',
    '1',
  ]);
  // A node with this secret issued the same rune.
  expect(
    authority.show(Rune.fromBase64('iNC9jXlpo5H7Q4stHc9vlt2R2TW5ESsBvw9o3QtwSyY9MA==')),
  ).toMatchObject({
    stored: true,
    ours: true,
  });
  expect(made(store).authority.create().uniqueId).toBe('2');
});

test('a use counts for all runes with the id, a failed check does not count', () => {
  const { authority, later } = made();
  const parent = authority.create([Restriction.of('method=getinfo')]);
  const derived = parent.restrict(Restriction.of('rate=60'));
  expect(authority.refusalOrUse(derived, { method: 'stop' })?.code).toBe(1502);
  expect(authority.refusalOrUse(derived, { method: 'getinfo' })).toBeUndefined();
  expect(authority.refusalOrUse(derived, { method: 'getinfo' })?.message).toBe(
    'Not permitted: too soon',
  );
  later(SECOND);
  expect(authority.refusalOrUse(parent, { method: 'getinfo' })).toBeUndefined();
  expect(authority.refusalOrUse(derived, { method: 'getinfo' })?.message).toBe(
    'Not permitted: too soon',
  );
  expect(authority.show(derived)).toMatchObject({
    stored: false,
    ours: true,
    lastUsed: 1_700_000_001n * SECOND,
  });
});

test('one of two concurrent uses passes', async () => {
  const { authority } = made();
  const rune = authority.create([Restriction.of('per=1day')]);
  const both = await Promise.all(
    [1, 2].map(async () => {
      await Promise.resolve();
      return authority.refusalOrUse(rune, {});
    }),
  );
  expect(both.filter((refusal) => refusal === undefined)).toHaveLength(1);
});

describe('a shared secret:', () => {
  const master = new Master(Uint8Array.from(Buffer.from(SECRET, 'hex')));

  test.each(['rate=1', 'per=1day'])('%s holds for an id that was not issued here', (one) => {
    const { authority, store, later } = made();
    const rune = master.create('5000', [Restriction.of(one)]);
    expect(authority.refusalOrUse(rune, {})).toBeUndefined();
    expect(authority.refusalOrUse(rune, {})?.message).toBe('Not permitted: too soon');
    later(SECOND);
    // Also after a restart and for a derived rune.
    const { authority: restarted } = made(store);
    const derived = rune.restrict(Restriction.of('per=1day'));
    expect(restarted.refusalOrUse(derived, {})?.message).toBe('Not permitted: too soon');
    expect(restarted.show(rune)).toMatchObject({
      stored: false,
      ours: true,
      lastUsed: 1_700_000_000n * SECOND,
    });
    expect([...restarted.showAll()]).toEqual([]);
  });

  test('uses of foreign runes are not recorded', () => {
    const { authority, store } = made();
    const foreign = new Master(new Uint8Array(32)).create('5000');
    expect(authority.refusalOrUse(foreign, {})?.code).toBe(1501);
    expect(store.lastUsed(5000n)).toBeUndefined();
  });

  test('a rune without a numeric id is refused', () => {
    const { authority } = made();
    expect(authority.refusalOrUse(master.create('abc', [Restriction.of('per=1day')]), {})).toEqual({
      code: 1501,
      message: 'Not authorized: should have valid numeric unique_id',
    });
  });

  test('new ids start at firstId', () => {
    const store = new MemoryStore();
    const parts = { secret: SECRET, store, now: () => 0n };
    const authority = new RuneAuthority({ ...parts, firstId: 5001n });
    expect(authority.create().uniqueId).toBe('5001');
    expect(new RuneAuthority({ ...parts, firstId: 5001n }).create().uniqueId).toBe('5002');
    expect(new RuneAuthority(parts).create().uniqueId).toBe('5003');
    const last = new RuneAuthority({ ...parts, firstId: 2n ** 63n - 1n });
    expect(last.refusalOrUse(last.create(), {})).toBeUndefined();
    expect(() => last.create()).toThrow(RangeError);
    for (const firstId of [-1n, 2n ** 63n]) {
      expect(() => new RuneAuthority({ ...parts, firstId })).toThrow(RangeError);
    }
  });
});

describe('the blacklist', () => {
  test('takes effect immediately, also for derived runes, and can be undone', () => {
    const { authority, store } = made();
    const rune = authority.create();
    const derived = rune.restrict(Restriction.of('method=getinfo'));
    authority.blacklist(0n, 5n);
    expect(authority.refusalOrUse(derived, { method: 'getinfo' })?.code).toBe(1503);
    expect(made(store).authority.refusalOrUse(rune, {})?.code).toBe(1503);
    authority.relist(0n);
    expect(authority.refusalOrUse(rune, {})).toBeUndefined();
    expect(authority.blacklisted).toEqual([{ first: 1n, last: 5n }]);
  });

  test.each([
    [5n, 4n],
    [-1n, 1n],
    [0n, 100_000_000n],
  ])('%i to %i is not a valid range', (first, last) => {
    const { authority } = made();
    expect(() => authority.blacklist(first, last)).toThrow(RangeError);
    expect(() => authority.relist(first, last)).toThrow(RangeError);
  });

  test('stays the same in the store and in memory', () => {
    const change = fc.tuple(fc.boolean(), fc.bigInt(0n, 30n), fc.bigInt(0n, 8n));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const { authority, store } = made();
        const listed = new Set<bigint>();
        for (const [relist, first, length] of changes) {
          if (relist) authority.relist(first, first + length);
          else authority.blacklist(first, first + length);
          for (let id = first; id <= first + length; id++) {
            if (relist) listed.delete(id);
            else listed.add(id);
          }
        }
        expect(store.blacklist()).toEqual(authority.blacklisted);
        const ids = authority.blacklisted.flatMap(({ first, last }) =>
          Array.from({ length: Number(last - first) + 1 }, (_, i) => first + BigInt(i)),
        );
        expect(ids).toEqual([...listed].toSorted((a, b) => Number(a - b)));
      }),
    );
  });
});

test('foreign runes are shown as such, and a malformed secret is rejected', () => {
  const { authority } = made();
  const foreign = Rune.fromBase64('I9TZsYEWiAwThQye-gYhpWIe1h15szWEN_qNyMSBOdE9MA==');
  expect(authority.show(foreign)).toMatchObject({ stored: false, ours: false });
  expect([...authority.showAll()]).toEqual([]);
  const store = new MemoryStore();
  expect(() => new RuneAuthority({ secret: 'xyz', store, now: () => 0n })).toThrow(RuneSyntaxError);
});
