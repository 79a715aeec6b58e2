import fc from 'fast-check';
import qs from 'qs';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { canonicalParameters } from './canonical-json.ts';
import { formToParameters } from './form.ts';

function outcome(text: string): string {
  try {
    return formToParameters(text);
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    throw error;
  }
}

describe('formToParameters', () => {
  test.each([
    ['', '{}'],
    ['&&', '{}'],
    ['amount_msat=10000&label=my+label', '{"amount_msat":"10000","label":"my label"}'],
    ['a=1&b=', '{"a":"1","b":""}'],
    ['a', '{"a":""}'],
    ['a==', '{"a":"="}'],
    ['a%3Db=c%26d', '{"a=b":"c&d"}'],
    ['b=2&1=x&a=3', '{"b":"2","1":"x","a":"3"}'],
    ['d=%F0%9F%98%80%20%22%5C%0A', '{"d":"😀 \\"\\\\\\n"}'],
    ['d=é', '{"d":"é"}'],
    ['a[b]=1&a[c]=2', '{"a":{"b":"1","c":"2"}}'],
    ['a[0]=x&a[1]=y', '{"a":["x","y"]}'],
    ['a[1]=y&a[0]=x', '{"a":["x","y"]}'],
    ['a[]=x&a[]=y', '{"a":["x","y"]}'],
    [
      'datastore[0][key][0]=a&datastore[0][key][1]=b&datastore[0][hex]=00',
      '{"datastore":[{"key":["a","b"],"hex":"00"}]}',
    ],
    ['a%5B0%5D%5Bid%5D=7', '{"a":[{"id":"7"}]}'],
    ['a[][x]=1&a[][x]=2', '{"a":[{"x":"1"},{"x":"2"}]}'],
    ['a[00]=x', '{"a":{"00":"x"}}'],
    ['a[__proto__][b]=1', '{"a":{"__proto__":{"b":"1"}}}'],
    ['__proto__=1', '{"__proto__":"1"}'],
  ])('%s', (form, expected) => {
    expect(formToParameters(form)).toBe(expected);
  });

  test.each([
    ['a=1&a=2', 'ambiguous_parameters'],
    ['a=1&%61=2', 'ambiguous_parameters'],
    ['a=1&a[b]=2', 'ambiguous_parameters'],
    ['a[b]=1&a=2', 'ambiguous_parameters'],
    ['a[b]=1&a%5Bb%5D=2', 'ambiguous_parameters'],
    ['a[]=1&a[0]=2', 'ambiguous_parameters'],
    ['amountmsat=1&amount_msat=2', 'ambiguous_parameters'],
    ['a%0Ab=1', 'impossible_parameter'],
    ['a%22b=1', 'impossible_parameter'],
    ['=1', 'bad_form'],
    ['[a]=1', 'bad_form'],
    ['a[=1', 'bad_form'],
    ['a]=1', 'bad_form'],
    ['a[b]c=1', 'bad_form'],
    ['a[[b]]=1', 'bad_form'],
    ['a[1]=x', 'bad_form'],
    ['a[0]=x&a[2]=y', 'bad_form'],
    ['a=%', 'bad_form'],
    ['a=%zz', 'bad_form'],
    ['a=%ff', 'bad_form'],
    ['a=%ed%a0%80', 'bad_form'],
    [`a${'[b]'.repeat(64)}=1`, 'too_complex'],
    ['a[]=1&'.repeat(100_001), 'too_complex'],
  ])('refuses %.30s', (form, kind) => {
    expect(outcome(form)).toBe(kind);
  });

  test.each(['{"label":"a"}', ' \n[1]', '{}'])('names the Content-Type of JSON: %j', (json) => {
    expect(() => formToParameters(json)).toThrow(/looks like JSON.*application\/json/);
  });

  test('reads what qs writes', () => {
    const leaf = fc.string({ minLength: 1, unit: 'grapheme' });
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/);
    const node = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 3 }),
      ),
    })).node;
    const bareNamesDiffer = (keys: readonly string[]) =>
      new Set(keys.map((key) => key.replaceAll('_', ''))).size === keys.length;
    fc.assert(
      fc.property(fc.dictionary(name, node, { maxKeys: 4 }), (value) => {
        fc.pre(bareNamesDiffer(Object.keys(value)));
        const text = formToParameters(qs.stringify(value));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalParameters(text)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
