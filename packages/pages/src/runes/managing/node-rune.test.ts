import { Master, Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { expiryOf } from './expiry.ts';
import { readNodeRune, summaryOf, withRevoked } from './node-rune.ts';
import { nameOf } from './rune-name.ts';

const NOW = 1_800_000_000n;
const MASTER = new Master(new Uint8Array(32));

function textOf(...restrictions: readonly string[][]): string {
  return MASTER.create(
    '7',
    restrictions.map((alternatives) => Restriction.of(...alternatives)),
  ).toBase64();
}

function summary(...restrictions: readonly string[][]): string | undefined {
  const read = readNodeRune({ rune: textOf(...restrictions), unique_id: '7' });
  return read === undefined ? undefined : summaryOf(read, NOW);
}

const parsed = (...texts: readonly string[]): Restriction[] =>
  texts.map((text) => Restriction.parse(text));

describe('the name of a rune', () => {
  test.each([
    [['name#Shop', 'method=pay'], 'Shop'],
    [['method=pay', 'comment#Till'], 'Till'],
    [['comment#first', 'name#Shop'], 'Shop'],
    // The manual of createrune: `dumb example#`; a field can contain spaces.
    [['dumb example#'], 'dumb example'],
    [['owner#Anna'], 'owner: Anna'],
    [['name#'], 'name'],
    // Not comments: an alternative, an error on nodes, and a condition on an invoice.
    [['name#Shop|method=pay'], ''],
    [['rate#Shop'], ''],
    [['pinvbolt11_amount#Shop'], ''],
    [['my shop=x', 'method=pay'], ''],
    [[], ''],
  ])('of %j is %j', (texts, name) => {
    expect(nameOf(parsed(...texts))).toBe(name);
  });
});

describe('the expiry of a rune', () => {
  test.each([
    [['time<100'], 100n],
    [['time<100', 'time<50', 'method=pay'], 50n],
    [['time<100|time<200'], 200n],
    [['method=invoice|time<100'], undefined],
    [['time>100'], undefined],
    [['time<soon'], undefined],
    [['time<9223372036854775807'], undefined],
    [[], undefined],
  ])('of %s is %s', (texts, expiry) => {
    expect(expiryOf(parsed(...texts))).toBe(expiry);
  });
});

describe('an item of showrunes', () => {
  test('is read', () => {
    const rune = textOf(['name#Shop'], ['method=pay'], ['time<1900000000']);
    const item = { rune, unique_id: '7', last_used: 1_700_000_000.125, blacklisted: true };
    expect(readNodeRune(item)).toMatchObject({
      id: 7n,
      name: 'Shop',
      expiry: 1_900_000_000n,
      lastUsed: 1_700_000_000.125,
      isRevoked: true,
    });
  });

  test('that the library rejects has the node’s description', () => {
    const rune = Buffer.concat([Buffer.alloc(32), Buffer.from('=1&a=1\\x')]).toString('base64url');
    expect(() => Rune.fromBase64(rune)).toThrow();
    const restrictions_as_english = 'a equal to 1x\u202e';
    const read = readNodeRune({ rune, unique_id: '1', restrictions_as_english });
    expect(read?.rune).toBeUndefined();
    expect(read && summaryOf(read, NOW)).toBe(String.raw`a equal to 1x\u202e`);
  });

  test.each([
    undefined,
    null,
    'a',
    [],
    {},
    { rune: 5, unique_id: '1' },
    { rune: textOf(), unique_id: 'x' },
    { rune: textOf() },
  ])('that is malformed is skipped: %j', (item) => {
    expect(readNodeRune(item)).toBeUndefined();
  });

  test('stays the same object unless it is revoked', () => {
    const read = readNodeRune({ rune: textOf(), unique_id: '7' });
    if (read === undefined) throw new Error('no rune');
    expect(withRevoked(read, false)).toBe(read);
    const revoked = withRevoked(read, true);
    expect(revoked.isRevoked).toBe(true);
    expect(revoked.version).not.toBe(read.version);
  });
});

describe('a summary', () => {
  test.each([
    [[], 'Everything: anyone who has this rune controls the node'],
    [[['name#Shop']], 'Everything: anyone who has this rune controls the node'],
    [
      [['name#Shop'], ['time<1900000000']],
      'Everything: anyone who has this rune controls the node',
    ],
    [[['method=pay']], 'pay'],
    [
      [['method^list', 'method=summary'], ['method/listdatastore']],
      "list…, summary; the command is not 'listdatastore'",
    ],
    [['abcdef'.split('').map((name) => `method=${name}`)], 'a, b, c, d and 2 more commands'],
    [
      [
        ['method=pay', 'method=listpays'],
        ['method/pay', 'pinvbolt11_amount<5000001'],
      ],
      'pay, listpays; pay only if the invoice in bolt11 is for at most 5000 sat',
    ],
    [[['pinvbolt11_amount<1500']], 'the invoice in bolt11 is for at most 1499 msat'],
    [
      [['method=invoice', 'time<1900000000']],
      "the command is 'invoice', or until 2030-03-17 17:46:40 UTC",
    ],
  ])('of %j', (restrictions, words) => {
    expect(summary(...restrictions)).toBe(words);
  });

  test('is short', () => {
    expect(summary([`pnamelabel=${'x'.repeat(60_000)}`])?.length).toBeLessThan(250);
  });
});
