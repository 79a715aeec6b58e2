import { describe, expect, test } from 'vitest';
import {
  type Alternative,
  type Call,
  type Circumstances,
  explainVerdict,
  Master,
  MemoryStore,
  parseRestrictions,
  refusalReason,
  Restriction,
  Rune,
  RuneAuthority,
  runeRefusal,
  RuneSyntaxError,
} from './index.ts';

const master = new Master(new Uint8Array(32).fill(7));
const NOW = 1_700_000_000_000_000_000n;

function runeOf(...restrictions: readonly string[]): Rune {
  return master.create(
    '0',
    restrictions.map((text) => Restriction.parse(text)),
  );
}

/** Returns whether each function that checks a rune refuses the call. */
function refused(rune: Rune, call: Call, circumstances?: Circumstances): boolean[] {
  return [
    refusalReason(rune, call, circumstances) !== undefined,
    runeRefusal(master, rune, call, circumstances) !== undefined,
    !explainVerdict(rune, call, circumstances).allowed,
  ];
}

const YES = [true, true, true];
const NO = [false, false, false];

/** A value of another type, as JavaScript callers can pass. */
function untyped<T>(value: unknown): T {
  return value as T;
}

describe('without the last use', () => {
  test.each(['rate=1', 'per=1nsec', 'per=1day', 'rate=60|per=1sec', 'method=stop|rate=1'])(
    'a rune with %s never passes, like an invoice restriction without a reader',
    (text) => {
      const call = { now: NOW, method: 'getinfo', params: '{"bolt11":"lnbc1"}' };
      for (const circumstances of [undefined, {}, { lastUsed: undefined }]) {
        expect(refused(runeOf(text), call, circumstances)).toEqual(YES);
        expect(refused(runeOf('pinvbolt11_amount<5'), call, circumstances)).toEqual(YES);
      }
      expect(refused(runeOf(text), call, { lastUsed: () => undefined })).toEqual(NO);
    },
  );

  test('another alternative can still hold', () => {
    expect(refused(runeOf('rate=1|method=getinfo'), { now: NOW, method: 'getinfo' })).toEqual(NO);
  });

  test('the reason names the missing fact', () => {
    expect(refusalReason(runeOf('rate=1'), { now: NOW })).toBe('the last use is unknown here');
    expect(refusalReason(runeOf('rate=0'), { now: NOW })).toBe('malformed rate');
  });

  test.each([
    ['null', null],
    ['a number', 5],
    ['NaN', Number.NaN],
    ['a promise', Promise.resolve(undefined)],
    ['a text', '5'],
  ])('%s is not a last use', (_, value) => {
    const lastUsed = (): bigint | undefined => untyped(value);
    expect(refused(runeOf('rate=1'), { now: NOW }, { lastUsed })).toEqual(YES);
  });

  test('the uses of a rune without an id are not counted', () => {
    const { code, restrictions } = runeOf('rate=1');
    const rune = new Rune(code, undefined, undefined, restrictions);
    expect(refusalReason(rune, { now: NOW }, { lastUsed: () => undefined })).toBeDefined();
  });
});

describe('values of other types', () => {
  test.each([undefined, null, 0, Number.NaN, 1e18, '5'])('the time %s refuses the call', (now) => {
    const call = untyped<Call>({ now, method: 'getinfo' });
    const lastUsed = (): bigint => 0n;
    for (const text of ['time<4102444800', 'time>0', 'time/5', 'time!', 'rate=1', 'per=1nsec']) {
      expect(refused(runeOf(text), call, { lastUsed }), text).toEqual(YES);
    }
  });

  test.each([[['[', ']']], [null], [{}], [5]])('parameters %j are an error', (params) => {
    const call = untyped<Call>({ now: NOW, params });
    for (const rune of [runeOf(), runeOf('pnum=0'), runeOf('pnamea!')]) {
      expect(() => refusalReason(rune, call)).toThrow(RuneSyntaxError);
      expect(() => explainVerdict(rune, call)).toThrow(RuneSyntaxError);
    }
  });

  test('a blacklist that returns neither true nor false refuses the call', () => {
    for (const answer of [undefined, null, 0, 1, Promise.resolve(false)]) {
      const isBlacklisted = (): boolean => untyped(answer);
      expect(runeRefusal(master, runeOf(), { now: NOW }, { isBlacklisted })?.code).toBe(1503);
    }
    const isBlacklisted = (): boolean => false;
    expect(runeRefusal(master, runeOf(), { now: NOW }, { isBlacklisted })).toBeUndefined();
  });

  test('an unknown operator does not hold', () => {
    const alternative: Alternative = untyped({ fieldname: 'method', condition: '?', value: '' });
    const rune = master.create('0').restrict(Restriction.of('method=x'));
    Object.assign(rune.restrictions[0] ?? {}, { alternatives: [alternative] });
    expect(refusalReason(rune, { now: NOW, method: 'x' })).toBeDefined();
  });
});

test('a reason is never an empty text, which a condition would treat as no reason', () => {
  const rune = master.create('0', parseRestrictions('[[]]', 'createrune'));
  expect(refusalReason(rune, { now: NOW })).toBe('the restriction has no alternatives');
});

test('malformed parameters are an error, even if the rune does not restrict them', () => {
  for (const rune of [runeOf(), runeOf('method=x')]) {
    expect(() => refusalReason(rune, { now: NOW, params: '{' })).toThrow(RuneSyntaxError);
    expect(() => explainVerdict(rune, { now: NOW, params: '"a"' })).toThrow(RuneSyntaxError);
  }
});

test('of many uses in one nanosecond, an authority allows one', () => {
  const store = new MemoryStore();
  const secret = new Uint8Array(32).fill(7);
  const authority = new RuneAuthority({ secret, store, now: () => NOW });
  const rune = authority.create([Restriction.of('rate=1')]);
  const refusals = Array.from({ length: 3 }, () => authority.refusalOrUse(rune, {})?.message);
  expect(refusals).toEqual([undefined, 'Not permitted: too soon', 'Not permitted: too soon']);
});

test('an authority whose clock or store fails allows no call with a rate', () => {
  const secret = new Uint8Array(32).fill(7);
  const rune = master.create('0', [Restriction.of('rate=1')]);
  const store = new MemoryStore();
  store.lastUsed = () => untyped(Promise.resolve(undefined));
  const failing = [
    new RuneAuthority({ secret, store, now: () => NOW }),
    new RuneAuthority({ secret, store: new MemoryStore(), now: () => untyped(Number.NaN) }),
  ];
  for (const authority of failing) expect(authority.refusalOrUse(rune, {})?.code).toBe(1502);
});
