import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  refusalReason,
  Master,
  parseRestrictions,
  readParameters,
  Restriction,
  RestrictionsError,
} from './index.ts';
import { leadingSigned, leadingUnsigned, signedInteger, uniqueIdNumber } from './integers.ts';

describe('parameters', () => {
  test('any JSON with any white space: returns the raw texts of the top level', () => {
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (given, space) => {
        const read = readParameters(JSON.stringify(given, null, space));
        const values = read.entries.map(({ raw }) => JSON.parse(raw) as unknown);
        const names = read.entries.map(({ name }) =>
          read.kind === 'object' ? (JSON.parse(`"${name}"`) as string) : name,
        );
        expect(values).toEqual(Object.values(JSON.parse(JSON.stringify(given)) as object));
        expect(names).toEqual(Object.keys(JSON.parse(JSON.stringify(given)) as object));
      }),
    );
  });

  test.each([
    '',
    ' ',
    '5',
    '"x"',
    'null',
    '{',
    '[1',
    '[1,]',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '[1 2]',
    '{} {}',
    '[01]',
    '[1.]',
    '[+1]',
    '["\t"]',
    '["\\x"]',
    '["\\u12"]',
    '["a]',
    '[tru]',
    '[NaN]',
    `${'['.repeat(600)}${']'.repeat(600)}`,
  ])('%j is refused', (text) => {
    expect(() => readParameters(text)).toThrow(expect.objectContaining({ code: 'bad_parameters' }));
  });

  test('the first of repeated names counts, and escapes are kept', () => {
    const master = new Master(new Uint8Array(32).fill(7));
    const rune = master.create('0', [Restriction.of('pnamelevel=io')]);
    const asked = (params: string): string | undefined => refusalReason(rune, { now: 0n, params });
    expect(asked('{"level":"io","level":"x"}')).toBeUndefined();
    expect(asked('{"level":"x","level":"io"}')).toBe('parameter level is not equal to io');
    expect(asked('{"level":"i\\u006f"}')).toBe('parameter level is not equal to io');
    expect(asked('{"le\\u0076el":"io"}')).toBe('parameter level not present');
    expect(asked('{"le_vel":"io"}')).toBeUndefined();
  });
});

describe('restrictions', () => {
  const encoded = (json: string, form: 'createrune' | 'commando'): string[] =>
    parseRestrictions(json, form).map((one) => one.encode());

  test('every form that either manual accepts', () => {
    expect(encoded('[["a=1","b=2"],["c=3"]]', 'createrune')).toEqual(['a=1|b=2', 'c=3']);
    expect(encoded('["a=1|b=2","c=3"]', 'commando')).toEqual(['a=1|b=2', 'c=3']);
    expect(encoded('"method^list|method=summary"', 'commando')).toEqual([
      'method^list|method=summary',
    ]);
    expect(encoded('["a=x\\\\|y","b=x\\\\&y\\\\\\\\"]', 'commando')).toEqual([
      'a=x\\|y',
      'b=x\\&y\\\\',
    ]);
    expect(encoded('"x=1\\\\&"', 'commando')).toEqual(['x=1\\&']);
    expect(encoded('[["a=x|y"]]', 'createrune')).toEqual(['a=x\\|y']);
    expect(encoded('[]', 'createrune')).toEqual([]);
    expect(encoded('"readonly"', 'commando')).toHaveLength(2);
  });

  test.each<[string, 'createrune' | 'commando', string, number]>([
    ['"method=getinfo"', 'createrune', '"method=getinfo"', 0],
    ['["method=getinfo"]', 'createrune', '"method=getinfo"', 1],
    ['[["method=a"],["bad"]]', 'createrune', '["bad"]', 19],
    ['[["method=a","method@b"]]', 'createrune', '["method=a","method@b"]', 20],
    ['[["=a"]]', 'createrune', '["=a"]', 3],
    ['[["a=\\u00e9"]]', 'createrune', '["a=\\u00e9"]', 5],
    ['[["a=\\\\\\u00e9"]]', 'createrune', '["a=\\\\\\u00e9"]', 7],
    ['[[5]]', 'createrune', '[5]', 2],
    ['[[],["a=1"]]', 'createrune', '["a=1"]', 4],
    ['[[],[]]', 'commando', '[]', 4],
    ['5', 'commando', '5', 0],
    ['["a=b&c=d"]', 'commando', '"a=b&c=d"', 5],
    ['["a=b\\\\"]', 'commando', '"a=b\\\\"', 5],
    ['[""]', 'commando', '""', 2],
    ['["a=1|b=2|=3"]', 'commando', '"a=1|b=2|=3"', 10],
    ['["a=1|=2"]', 'commando', '"a=1|=2"', 6],
    // A JSON escape has two characters in the given text.
    ['["a=\\"\\"\\"|b"]', 'commando', '"a=\\"\\"\\"|b"', 12],
    ['["a=1|\\n\\nb"]', 'commando', '"a=1|\\n\\nb"', 11],
    ['[["\\t\\tab"]]', 'createrune', '["\\t\\tab"]', 9],
  ])('%s (%s) is refused at %s, %i', (json, form, token, offset) => {
    let error: unknown;
    try {
      parseRestrictions(json, form);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(RestrictionsError);
    expect(error).toMatchObject({ token, offset });
  });

  describe.each(['createrune', 'commando'] as const)(
    'the text must be one JSON value (%s)',
    (form) => {
      // Ignoring text after the first value would make the rune wider than requested.
      test.each([
        ['[["method=pay"]],[["time<5"]]', 16],
        ['"readonly" "method=pay"', 11],
        ['[["method=pay"]] junk', 17],
        ['[["method=pay"]]]', 16],
        ['[] []', 3],
        ['', 0],
        [' ', 1],
        ['[', 1],
        ['[["a=1"]', 8],
        ['[["a=1",]]', 8],
        ['[["a=1]]', 8],
        ['[["a=\n1"]]', 5],
        ['[["a=\\x"]]', 7],
        [`${'['.repeat(60)}${']'.repeat(60)}`, 51],
      ])('rejects %j at character %i', (json, offset) => {
        expect(() => parseRestrictions(json, form)).toThrow(RestrictionsError);
        expect(() => parseRestrictions(json, form)).toThrow(
          expect.objectContaining({ code: 'bad_restrictions', token: json, offset }),
        );
      });

      test('accepts white space around the value', () => {
        expect(parseRestrictions(' [["a=1"]]\n', form).map((one) => one.encode())).toEqual(['a=1']);
      });
    },
  );
});

describe("C's integers", () => {
  test.each<[string, bigint | undefined]>([
    ['5', 5n],
    [' +5', 5n],
    ['-0', 0n],
    ['007', 7n],
    ['', undefined],
    ['5 ', undefined],
    ['0x5', undefined],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['9223372036854775808', undefined],
    ['-9223372036854775808', -(2n ** 63n)],
  ])('strtol %j', (text, value) => {
    expect(signedInteger(text)).toBe(value);
  });

  test.each<[string, bigint | undefined]>([
    ['0', 0n],
    ['', 0n],
    ['50', 50n],
    ['0x10', 16n],
    ['010', 8n],
    ['08', undefined],
    ['0x', undefined],
    ['abc', undefined],
    ['-1', undefined],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['9223372036854775808', undefined],
    ['99999999999999999999', undefined],
  ])('unique id %j', (text, value) => {
    expect(uniqueIdNumber(text)).toBe(value);
  });

  test('what follows, what wraps, what saturates', () => {
    expect(leadingUnsigned('5sec')).toEqual({ value: 5n, rest: 'sec' });
    expect(leadingUnsigned('-1')).toEqual({ value: 2n ** 64n - 1n, rest: '' });
    expect(leadingUnsigned('x')).toBeUndefined();
    expect(leadingSigned('99999999999999999999x')).toBe(2n ** 63n - 1n);
    expect(leadingSigned('x')).toBe(0n);
  });
});
