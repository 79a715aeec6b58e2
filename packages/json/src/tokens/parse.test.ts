import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage, parseToken } from './parse.ts';
import { quoteString } from '../quote.ts';
import { JsonSyntaxError } from './syntax-error.ts';
import { member, type JsonToken } from './token.ts';
import { unescapeText } from './unescape.ts';

/** An array or object: lightningd rejects other top-level values. */
const container = fc.oneof(
  fc.array(fc.jsonValue()),
  fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'),
    fc.jsonValue(),
  ),
);

function value(token: JsonToken): unknown {
  switch (token.type) {
    case 'object':
      return Object.fromEntries(
        token.members.map(([name, inner]) => [JSON.parse(`"${name}"`) as string, value(inner)]),
      );
    case 'array':
      return token.items.map(value);
    case 'string':
    case 'primitive':
      return JSON.parse(token.raw);
  }
}

describe('JSON', () => {
  test('is parsed to the same value, and keeps its text', () => {
    fc.assert(
      fc.property(container, fc.integer({ min: 0, max: 3 }), (json, indent) => {
        const text = JSON.stringify(json, undefined, indent);
        const token = parseMessage(text);
        expect(token.raw).toBe(text);
        expect(value(token)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('keeps digits and escapes unchanged', () => {
    const token = parseMessage('{"n": 18446744073709551615, "s": "\\u00e9\\/", "a": [ 1 ,2 ]}');
    expect(member(token, 'n')?.text).toBe('18446744073709551615');
    expect(member(token, 's')?.text).toBe('\\u00e9\\/');
    expect(member(token, 'a')?.raw).toBe('[ 1 ,2 ]');
  });

  test('returns the first of several members with one name', () => {
    expect(member(parseMessage('{"a":1,"a":2}'), 'a')?.raw).toBe('1');
  });
});

test.each(['{"a":1,}', '[1,]', '[1 2]', '[,,1]', '{,}', '[truthy]', '[-]', '[1.2.3]', '{"a":1:2}'])(
  'accepts %s, like lightningd',
  (text) => {
    expect(parseMessage(text).raw).toBe(text);
  },
);

test.each([
  '',
  ' ',
  '1',
  'null x',
  '{"a"}',
  '{"a":}',
  '{"a":1 "b":2}',
  '{"a" "b":1}',
  '{1:2}',
  '{a:1}',
  '["a":1]',
  '[NaN]',
  '[x]',
  '["\\x"]',
  '["\\u12g4"]',
  '["\u0000"]',
  '["a]',
  '{"a":1',
  ']',
  '{]',
  '[}',
  '{} {}',
  '[é]',
  ':',
  ',',
])('rejects %s', (text) => {
  expect(() => parseMessage(text)).toThrow(JsonSyntaxError);
});

test.each(['null', 'true', '-5', '"a\\"b"', '[1]', ' {"a":1} '])(
  'one value of any type is accepted: %s',
  (text) => {
    expect(parseToken(text).raw).toBe(text.trim());
  },
);

test.each(['', '1 2', '1,2', 'x', '[', ']['])('not one value: %s', (text) => {
  expect(() => parseToken(text)).toThrow(JsonSyntaxError);
});

test('deep nesting does not overflow the stack', () => {
  const deep = 300_000;
  expect(parseMessage('['.repeat(deep) + ']'.repeat(deep)).type).toBe('array');
});

describe('strings', () => {
  test('are written as equivalent JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(quoteString(text))).toBe(text);
      }),
    );
  });

  test('are unescaped, except for escapes that lightningd rejects', () => {
    expect(unescapeText('a\\"b\\\\c\\/d\\n\\t\\b\\f\\ré')).toBe('a"b\\c/d\n\t\b\f\ré');
    expect(unescapeText('\\u00e9')).toBeUndefined();
    expect(unescapeText('\\')).toBeUndefined();
  });
});
