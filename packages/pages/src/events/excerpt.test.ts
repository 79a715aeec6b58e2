import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt } from './excerpt.ts';

const line = (text: string, topic: string): string =>
  excerpt(text, topic)
    .map(({ name, value }) => `${name} ${value}`)
    .join(' | ');

describe('a notification in one line', () => {
  test.each([
    [
      'of lightningd’s',
      '{"invoice_payment":{"msat":18446744073709551615,"label":"a \\"b\\"","paid":true}}',
      'invoice_payment',
      'msat 18446744073709551615 | label a "b" | paid true',
    ],
    [
      'of a plugin’s',
      '{"foo":{"bar":[1,2,{"deep":3}],"rest":null},"origin":"shim.py"}',
      'foo',
      'bar […] | rest null',
    ],
    ['that has members before', '{"origin":"x","foo":{"a":{"b":1}}}', 'foo', 'a {…}'],
    ['that is named otherwise', '{"a":{"b":1},"c":2}', 'foo', 'a {…} | c 2'],
    ['that is a list', '[{"a":1}]', 'foo', ''],
    ['that is a string', '"a"', 'foo', ''],
    ['that has nothing', '{"foo":{}}', 'foo', ''],
    ['whose topic is no object', '{"foo":"bar"}', 'foo', 'foo bar'],
    ['that hides something', '{"a":"x\u202Ey"}', 'foo', 'a x\\u202ey'],
    [
      'that is long',
      `{"a":"${'x'.repeat(30)}","${'n'.repeat(30)}":1}`,
      'foo',
      `a ${'x'.repeat(28)}… | ${'n'.repeat(28)}… 1`,
    ],
  ])('%s', (_, text, topic, expected) => {
    expect(line(text, topic)).toBe(expected);
  });

  test('is short and visible for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), fc.string(), (text, topic) => {
        const members = excerpt(text, topic);
        expect(members.length).toBeLessThanOrEqual(8);
        for (const { name, value } of members) expect((name + value).length).toBeLessThan(400);
      }),
    );
  });

  test('reads a limited part, and shows the start of huge values', () => {
    const huge = 'y'.repeat(2_000_000);
    expect(line(`{"a":"${huge}","b":1}`, 'foo')).toBe(`a ${'y'.repeat(28)}…`);
    expect(line(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)},"b":1}`, 'foo')).toBe('a […]');
  });
});
