import type { Condition } from '@clnrest/runes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DraftAlternative, emptyDraft, readDraft } from './draft.ts';
import { FIELD_KINDS, type FieldKind, FIELDS, UNITS } from './fields.ts';

const NODE = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';

function line(
  kind: FieldKind,
  condition: Condition,
  value: string,
  detail = '',
  key = 0,
): DraftAlternative {
  return { key, kind, condition, value, detail };
}

/** Returns the encoded restriction, or `input: words` for each problem. */
function read(...lines: readonly DraftAlternative[]): string {
  const made = readDraft(lines);
  return 'problems' in made
    ? made.problems.map(({ key, input, words }) => `${key} ${input}: ${words}`).join('\n')
    : made.restriction.encode();
}

describe('the form makes', () => {
  test.each([
    [line('method', '=', ' pay '), 'method=pay'],
    [line('method', '^', 'list'), 'method^list'],
    [line('time', '<', '1893456000'), 'time<1893456000'],
    [line('pname', '=', 'io', 'level'), 'pnamelevel=io'],
    [line('pname', '<', '5000', 'amount_msat'), 'pnameamountmsat<5000'],
    [line('pname', '!', 'left over', 'amount-msat'), 'pnameamountmsat!'],
    [line('pname', '=', '', 'label'), 'pnamelabel='],
    [line('pname', '/', 'a|b&c', 'label'), String.raw`pnamelabel/a\|b\&c`],
    [line('parr', '=', 'x', '0'), 'parr0=x'],
    [line('pnum', '=', '007'), 'pnum=7'],
    [line('pinv_amount', '<', '10000', 'bolt11'), 'pinvbolt11_amount<10000'],
    [line('pinv_description', '=', 'a "b"', 'bolt11'), 'pinvbolt11_description=a "b"'],
    [line('pinv_node', '=', NODE.toUpperCase(), 'bolt11'), `pinvbolt11_node=${NODE}`],
    [line('rate', '=', '60'), 'rate=60'],
    [line('per', '=', '5', 'hour'), 'per=5hour'],
    [line('id', '=', ` "${NODE}@host:9735"`), `id=${NODE}`],
    [line('id', '^', '02AB'), 'id^02ab'],
    [line('id', '!', ''), 'id!'],
    [line('comment', '#', 'for the shop '), 'comment#for the shop '],
  ])('%j', (draft, text) => {
    expect(read(draft)).toBe(text);
  });

  test('several alternatives of one restriction', () => {
    expect(read(line('method', '=', 'pay'), line('method', '=', 'xpay', '', 1))).toBe(
      'method=pay|method=xpay',
    );
  });

  test('values in canonical JSON', () => {
    expect(read(line('pname', '=', 'say "hi"', 'label'))).toBe(String.raw`pnamelabel=say \\"hi\\"`);
    expect(read(line('parr', '=', '[ "a", 1 ]', '0'))).toBe('parr0=["a",1]');
    // A prefix of an array is not valid JSON.
    expect(read(line('parr', '^', '["a', '0'))).toBe('parr0^["a');
    expect(read(line('pname', '=', 'é☃\u001f', 'label'))).toBe('pnamelabel=é☃\\\\u001F');
  });
});

describe('the form reports missing and invalid values', () => {
  test.each([
    [line('method', '=', ''), 'value: Enter a command'],
    [line('time', '<', ''), 'value: Enter a date and a time'],
    [line('time', '<', 'soon'), 'value: Enter a date and a time'],
    [line('pname', '=', 'x', ''), 'detail: Enter a parameter name'],
    [line('pname', '=', 'x', '_-'), 'detail: Enter a parameter name'],
    [line('pname', '<', '1.5', 'a'), 'value: Enter an integer'],
    [line('parr', '=', 'x', 'first'), 'detail: Enter a position'],
    [line('parr', '=', 'x', '01'), 'detail: Enter a position'],
    [line('pnum', '<', 'few'), 'value: Enter a number'],
    [line('rate', '=', '0'), 'value: Enter a number from 1'],
    [line('per', '=', '4294967295', 'sec'), 'value: Enter a number from 1'],
    [line('pinv_amount', '<', '5 sat', 'bolt11'), 'value: Enter an amount'],
    [line('pinv_node', '=', NODE, ''), 'detail: Enter a parameter name'],
    [line('id', '=', '02ab'), 'value: This has 4 hex digits. A node id has 66 hex digits'],
    [line('id', '^', 'xyz'), 'value: Enter hex digits'],
    [line('comment', '#', ''), 'value: Enter text'],
    [line('comment', '#', 'a\0'), 'value: A rune cannot contain a zero byte'],
    [line('comment', '#', 'a\ud83d'), 'value: The text contains an unpaired surrogate'],
    [line('pname', '=', 'x', 'a\0'), 'value: A rune cannot contain a zero byte'],
  ])('%j', (draft, words) => {
    expect(read(draft)).toContain(`0 ${words}`);
  });

  test('of each line at once', () => {
    const problems = read(line('method', '=', ''), line('time', '<', '', '', 1));
    expect(problems.split('\n')).toHaveLength(2);
  });
});

test('any input becomes a restriction or a problem', () => {
  const kind = fc.constantFrom(...FIELD_KINDS);
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('5', NODE, 'pay', '[1', '{'),
  );
  fc.assert(
    fc.property(kind, fc.nat(), text, text, (kind, pick, detail, value) => {
      const { conditions } = FIELDS[kind];
      const condition = conditions[pick % conditions.length] ?? '=';
      const unit = UNITS[pick % UNITS.length]?.suffix ?? 'sec';
      const given = FIELDS[kind].detail === 'unit' ? unit : detail;
      const made = readDraft([line(kind, condition, value, given)]);
      expect('problems' in made || made.restriction.alternatives.length === 1).toBe(true);
    }),
  );
});

test('a new line has the most likely values', () => {
  expect(emptyDraft(3)).toEqual(line('method', '=', '', '', 3));
  expect(emptyDraft(0, 'per')).toEqual(line('per', '=', '', 'min'));
  expect(emptyDraft(0, 'time').condition).toBe('<');
});
