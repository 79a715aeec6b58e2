import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { canonicalParameters } from './canonical-json.ts';
import { MAX_DEPTH, MAX_PARAMETERS, MAX_VALUES } from './limits.ts';

/** The kind of refusal, or the canonical text. */
function outcome(text: string): string {
  try {
    return canonicalParameters(text);
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    throw error;
  }
}

describe('canonicalParameters', () => {
  test.each([
    ['{}', '{}'],
    ['[]', '[]'],
    [' { } ', '{}'],
    ['\t[\r\n ]\n', '[]'],
    ['{"a":1}', '{"a":1}'],
    [' { "a" : 1 , "b" : [ 1 , 2 ] } ', '{"a":1,"b":[1,2]}'],
    ['[ { "b" : { } , "c":[ ] } ]', '[{"b":{},"c":[]}]'],
    ['{"a":true,"b":false,"c":"x"}', '{"a":true,"b":false,"c":"x"}'],
  ])('removes only white space: %s', (text, expected) => {
    expect(canonicalParameters(text)).toBe(expected);
  });

  test.each([
    ['{"timeout":null}', '{}'],
    ['{"a":null,"b":1}', '{"b":1}'],
    ['{"a":1,"b":null}', '{"a":1}'],
    ['{ "a" : null , "b" : 1 , "c" : null , "d" : 2 , "e" : null }', '{"b":1,"d":2}'],
    ['{"a":{"b":null},"c":[null]}', '{"a":{"b":null},"c":[null]}'],
    ['[null,1,null]', '[null,1,null]'],
    ['{"a":"null"}', '{"a":"null"}'],
    ['{"a\\u0062":null,"c":"\\u0064"}', '{"c":"d"}'],
  ])('removes named parameters that are null and keeps all other nulls: %s', (text, expected) => {
    expect(canonicalParameters(text)).toBe(expected);
  });

  test.each([
    ['{"level":"i\\u006f"}', '{"level":"io"}'],
    ['{"\\u006cevel":"io"}', '{"level":"io"}'],
    ['["\\u00e9\\u4e2d\\ud83d\\ude00"]', '["é中😀"]'],
    ['["\\uD83D\\uDE00"]', '["😀"]'],
    ['["é中😀\u2028\u007f\ufeff"]', '["é中😀\u2028\u007f\ufeff"]'],
    ['["\\/ a\\/b"]', '["/ a/b"]'],
    ['["\\" \\\\ \\b \\f \\n \\r \\t"]', '["\\" \\\\ \\b \\f \\n \\r \\t"]'],
    ['["\\u0022\\u005c\\u0008\\u000c\\u000a\\u000d\\u0009"]', '["\\"\\\\\\b\\f\\n\\r\\t"]'],
    ['["\\u0000\\u001f\\u007f"]', '["\\u0000\\u001F\u007f"]'],
    ['["\\\\u006f"]', '["\\\\u006f"]'],
    ['["x\\u0041y\\u0042z", "\\u0043"]', '["xAyBz","C"]'],
  ])('normalizes the escapes of strings: %s', (text, expected) => {
    expect(canonicalParameters(text)).toBe(expected);
  });

  test('keeps all digits of numbers', () => {
    const numbers =
      '[18446744073709551615,-0,0,-1.50,1e3,1E+3,2.0e-7,123456789012345678901234567890]';
    expect(canonicalParameters(numbers)).toBe(numbers);
  });

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":null,"a":2}',
    '{"a":2,"a":null}',
    '[{"a":1,"a":1}]',
    '{"x":{"y":[{"a\\n":1,"a\\u000a":2}]}}',
    '{"é":1,"\\u00e9":2}',
    '{"__proto__":1,"__proto__":2}',
    // checkrune ignores punctuation in names and uses the first parameter that matches.
    '{"amountmsat":1,"amount_msat":1000000}',
    '{"amount_msat":1,"amount-msat":1000000}',
    '{"amount.msat":null,"amount_msat":1000000}',
  ])('refuses names that checkrune and the command could resolve differently: %s', (text) => {
    expect(outcome(text)).toBe('ambiguous_parameters');
  });

  test.each([
    // checkrune reads the `n` of an escape as a letter, so this would match `pnameamountmsat`.
    '{"amou\\nt_msat":1}',
    '{"amount\\"msat":1}',
    '{"amount\\\\msat":1}',
    '{"\\u0000":1}',
    '{"a\\u001fb":null}',
  ])('refuses names with escapes, which checkrune reads differently: %s', (text) => {
    expect(outcome(text)).toBe('impossible_parameter');
  });

  test('accepts any names in nested objects, which checkrune does not read', () => {
    expect(canonicalParameters('{"a":{"x_y":1,"x-y":2,"\\n":3}}')).toBe(
      '{"a":{"x_y":1,"x-y":2,"\\n":3}}',
    );
  });

  test('accepts names of Object.prototype', () => {
    const text = '{"__proto__":{"constructor":1},"toString":2,"hasOwnProperty":[3]}';
    expect(canonicalParameters(text)).toBe(text);
  });

  test.each(['1', '"a"', 'true', 'false', 'null', ' -1.5e3 ', '"{}"'])(
    'refuses a scalar: %s',
    (text) => {
      expect(outcome(text)).toBe('not_parameters');
    },
  );

  test.each([
    '',
    ' ',
    '{',
    '[',
    '}',
    '{]',
    '[}',
    '{}{}',
    '{} x',
    '[]]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{,"a":1}',
    '{"a":1 "b":2}',
    '{a:1}',
    "{'a':1}",
    '{1:2}',
    '{"a":null,,"b":1}',
    '{"a":nul}',
    '{"a":nulll}',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[tru]',
    '[True]',
    '[undefined]',
    '[NaN]',
    '[-]',
    '[+1]',
    '[01]',
    '[-01]',
    '[0x10]',
    '[1.]',
    '[.5]',
    '[1e]',
    '[1e+]',
    '[Infinity]',
    '["]',
    '["\\"]',
    '["a\nb"]',
    '["a\u0000b"]',
    '["\\x41"]',
    "['a']",
    '["\\u12"]',
    '["\\u12G4"]',
    '["\\ud83d"]',
    '["\\ude00"]',
    '["\\ud83d\\ud83d"]',
    '["\\ud83dx"]',
    '["\\ud83d\\n"]',
    '["\\ude00\\ud83d"]',
    '[1] // x',
    '/* x */ []',
    '\ufeff{}',
    '[\u00a01]',
    '1 2',
    'nothing',
  ])('refuses what is not strict JSON: %j', (text) => {
    expect(outcome(text)).toBe('bad_json');
  });

  test('reports the position of an error without quoting the text', () => {
    expect(() => canonicalParameters('{"secret":"hunter2",}')).toThrow(
      'Body is not valid JSON: a key in double quotes expected at character 21',
    );
  });

  test('limits depth, number of values and length of numbers', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(outcome(nested(MAX_DEPTH))).toBe(nested(MAX_DEPTH));
    expect(outcome(nested(MAX_DEPTH + 1))).toBe('too_complex');
    expect(outcome('{"a":'.repeat(100_000))).toBe('too_complex');
    const many = (count: number) => `[${Array(count).fill('1').join(',')}]`;
    // Compared as a boolean, so that a failure does not print the whole text. The inner array counts as a value.
    const full = `[${many(MAX_VALUES - 1)}]`;
    expect(outcome(full) === full).toBe(true);
    expect(outcome(`[${many(MAX_VALUES)}]`)).toBe('too_complex');
    expect(outcome(many(MAX_PARAMETERS))).toBe(many(MAX_PARAMETERS));
    expect(outcome(many(MAX_PARAMETERS + 1))).toBe('too_complex');
    const named = (count: number, value: string) =>
      `{${Array.from({ length: count }, (_, i) => `"a${i}":${value}`).join(',')}}`;
    expect(outcome(named(MAX_PARAMETERS, '1'))).toBe(named(MAX_PARAMETERS, '1'));
    expect(outcome(named(MAX_PARAMETERS + 1, 'null'))).toBe('too_complex');
    expect(outcome(`[${'1'.repeat(1_001)}]`)).toBe('too_complex');
  });

  test('takes linear time on hostile texts', () => {
    const size = 1_000_000;
    const hostile = [
      `["${'\\u0041'.repeat(size / 6)}"]`,
      `[[${Array(MAX_VALUES - 2)
        .fill('"\\n\\u00e9"')
        .join(',')}]]`,
      `[{${Array.from({ length: 50_000 }, (_, i) => `"\\u0061${i}":null`).join(',')}}]`,
      `["${'\\\\'.repeat(size / 2)}`,
      ' '.repeat(size),
      `[${'-'.repeat(size)}`,
      `[${'1'.repeat(size)}`,
    ];
    const started = performance.now();
    for (const text of hostile) outcome(text);
    // Takes about 100 ms on one slow core; a quadratic step would take minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

/** Writes JSON with random white space and escapes that do not change its meaning. */
function disguise(value: unknown, random: () => number): string {
  const space = () => [' ', '\n', '\t\r', '', '', ''][Math.floor(random() * 6)] ?? '';
  const quote = (text: string) => {
    let out = '"';
    for (const unit of text.split('')) {
      const plain = JSON.stringify(unit).slice(1, -1);
      out += random() < 0.3 ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : plain;
    }
    return `${out}"`;
  };
  const write = (value: unknown): string => {
    if (typeof value === 'string') return quote(value);
    if (Array.isArray(value))
      return `[${space()}${value.map(write).join(`${space()},${space()}`)}]`;
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).map(
        ([key, member]) => `${space()}${quote(key)}${space()}:${space()}${write(member)}`,
      );
      return `{${members.join(`${space()},`)}${space()}}`;
    }
    return JSON.stringify(value);
  };
  return space() + write(value) + space();
}

const names = fc.stringMatching(/^[a-z]{1,8}$/);
const parameters = fc.oneof(
  fc.dictionary(names, fc.jsonValue({ maxDepth: 3 })),
  fc.array(fc.jsonValue({ maxDepth: 3 })),
);

describe('canonicalParameters, for any parameters', () => {
  test('keeps the value, without parameters that are null', () => {
    fc.assert(
      fc.property(parameters, (value) => {
        const kept = Array.isArray(value)
          ? value
          : Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
        const text = canonicalParameters(JSON.stringify(value, null, 1));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(kept)));
      }),
      { numRuns: 300 },
    );
  });

  test('is idempotent and returns one text for all spellings', () => {
    fc.assert(
      fc.property(
        parameters,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (value, stream) => {
          const text = canonicalParameters(JSON.stringify(value));
          expect(canonicalParameters(disguise(value, () => stream.next().value))).toBe(text);
          expect(canonicalParameters(text)).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('accepts what JSON.parse accepts, apart from repeated keys', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"b"',
      '1',
      '-',
      '0',
      '.5',
      'e1',
      'null',
      'true',
      ' ',
      '\\n',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const kind = outcome(text);
        if (kind === 'ambiguous_parameters' || kind === 'impossible_parameter') return;
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        expect(kind === 'bad_json').toBe(!parsed);
      }),
      { numRuns: 2_000 },
    );
  });
});
