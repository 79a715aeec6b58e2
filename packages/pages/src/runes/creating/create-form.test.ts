import { describe, expect, test } from 'vitest';
import { type CreateForm, EMPTY_CREATE_FORM, readCreateForm } from './create-form.ts';

const NOW = 1_800_000_000n;

function plan(change: Partial<CreateForm>) {
  return readCreateForm({ ...EMPTY_CREATE_FORM, ...change }, NOW);
}

/** Returns the restrictions of the first rune, or the problems. */
function outcome(change: Partial<CreateForm>): unknown {
  const read = plan(change);
  return 'problems' in read ? read.problems : read.runes[0]?.restrictions;
}

describe('the form for new runes', () => {
  test('expires in a year by default', () => {
    expect(outcome({ preset: 'read' })).toEqual([
      ['method^list', 'method^get', 'method=summary'],
      ['method/listdatastore'],
      [`time<${NOW + 365n * 86_400n}`],
    ]);
  });

  test.each([
    ['10000', 'pinvbolt11_amount<10000001'],
    [' 1 000 000 ', 'pinvbolt11_amount<1000000001'],
    ['1’000', 'pinvbolt11_amount<1000001'],
  ])('reads the limit %j', (limit, first) => {
    const made = outcome({ preset: 'spend', limit, expiry: 'never' }) as string[][];
    expect(made[1]).toEqual(['method/pay', first]);
  });

  test.each(['', '0', '-1', '1.5', '1,000', 'all', '2100000000000001', '9'.repeat(400)])(
    'rejects the limit %j',
    (limit) => {
      expect(outcome({ preset: 'spend', limit })).toEqual({ limit: expect.any(String) as string });
      expect(outcome({ preset: 'zeus', limit })).toEqual({ limit: expect.any(String) as string });
      // A preset that cannot spend ignores the limit.
      expect(outcome({ preset: 'receive', limit })).toBeInstanceOf(Array);
    },
  );

  test.each([
    ['', 'Enter a whole number of satoshi, such as 10000.'],
    ['-1', 'Enter a whole number of satoshi, such as 10000.'],
    ['0', 'Zero allows no payment. Enter at least 1 sat.'],
    ['1.5', 'Enter a whole number of satoshi, without a fraction.'],
    ['1,5', 'Enter a whole number of satoshi, without a fraction.'],
    ['10,000', 'Enter the amount without commas, such as 10000.'],
    ['2100000000000001', 'Enter at most 2100000000000000 sat, which is all bitcoin.'],
  ])('names the reason against the limit %j', (limit, reason) => {
    expect(outcome({ preset: 'spend', limit })).toEqual({ limit: reason });
  });

  test('names the reason against a date in the past', () => {
    expect(outcome({ expiry: 'date', date: '2001-01-01T00:00' })).toEqual({
      date: 'This time has passed. Enter a later one.',
    });
  });

  test.each([
    [{ preset: 'spend' }, true],
    [{ preset: 'spend', rate: '1' }, false],
    // Rates can break these programs.
    [{ preset: 'zeus' }, false],
    [{ preset: 'receive' }, false],
  ])('%j creates a rune for endless payments: %s', (change, isRepeatable) => {
    const read = plan(change);
    expect('runes' in read && read.runes.map((rune) => rune.isRepeatable)).toEqual([isRepeatable]);
  });

  test('never creates the spending preset without a limit', () => {
    const made = outcome({ preset: 'spend', isLimited: false, expiry: 'never' }) as string[][];
    expect(made.slice(1)).toEqual([
      ['method/pay', 'pinvbolt11_amount<10000001'],
      ['method/xpay', 'pinvinvstring_amount<10000001'],
      ['method/pay', 'pnum=1'],
      ['method/xpay', 'pnum=1'],
    ]);
  });

  test.each([
    [{ name: 'a'.repeat(61) }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'a\u202eb' }, 'name'],
    [{ name: '\ud800' }, 'name'],
    [{ expiry: 'date', date: '' }, 'date'],
    [{ expiry: 'date', date: '2001-01-01T00:00' }, 'date'],
    [{ rate: 'other', otherRate: '0' }, 'otherRate'],
    [{ rate: 'other', otherRate: '4294967295' }, 'otherRate'],
  ] as const)('rejects %j', (change, field) => {
    expect(outcome(change)).toEqual({ [field]: expect.any(String) as string });
  });

  test('names the runes of a program by their settings', () => {
    const read = plan({ preset: 'lnbits', name: 'Bank', expiry: 'never' });
    const names = 'runes' in read ? read.runes.map(({ restrictions }) => restrictions.at(-1)) : [];
    expect(names).toEqual([
      ['name#Bank, CLNREST_READONLY_RUNE'],
      ['name#Bank, CLNREST_INVOICE_RUNE'],
      ['name#Bank, CLNREST_PAY_RUNE'],
    ]);
  });
});
