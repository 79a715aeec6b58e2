import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '@clnrest/json/tokens';
import { RpcError } from '../rpc/errors.ts';
import { millisatoshi } from './amounts.ts';
import { hash, hex, nodeId } from './bytes.ts';
import { defaulted, optional, required, usageOf, type Parser } from './declaration.ts';
import { bool, u32, u64, unsignedInteger } from './numbers.ts';
import { paramsToken, readParams } from './read.ts';
import { escapedString, json, label, string, text } from './texts.ts';

const PARAMETERS = {
  first: required(string),
  second: optional(u64),
  third: defaulted(bool, true),
  fourth: { ...optional(string), developerOnly: true },
};

function read(params: string, developer = false): unknown {
  return readParams(PARAMETERS, paramsToken(parseMessage(params)), { developer });
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof RpcError && error.code === -32602) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parameters', () => {
  test.each([
    ['{"first":"a"}', { first: 'a', second: undefined, third: true, fourth: undefined }],
    ['["a"]', { first: 'a', second: undefined, third: true, fourth: undefined }],
    ['["a",null,false]', { first: 'a', second: undefined, third: false, fourth: undefined }],
    [
      '{"third":false,"first":5,"second":"7"}',
      { first: '5', second: 7n, third: false, fourth: undefined },
    ],
    [
      '[[1, 2],18446744073709551615]',
      { first: '[1, 2]', second: 18446744073709551615n, third: true, fourth: undefined },
    ],
  ])('%s', (params, values) => {
    expect(read(params)).toEqual(values);
  });

  test.each([
    ['{}', 'missing required parameter: first'],
    ['[]', 'missing required parameter: first'],
    ['[null]', 'missing required parameter: first'],
    ['{"second":1}', 'missing required parameter: first'],
    ['["a",1,true,"d",5]', 'Parameter 3 is developer-only'],
    ['["a",1,true,null,5]', 'too many parameters: got 5, expected 4'],
    ['{"first":"a","first":"b"}', 'duplicate json names: first'],
    ['{"first":"a","fourth":"b"}', "Parameter 'fourth' is developer-only"],
    [
      '{"foo":1}',
      'unknown parameter: foo, this may be caused by a failure to autodetect key=value-style parameters. Please try using the -k flag and explicit key=value pairs of parameters.',
    ],
    ['{"f\\u0069rst":"a"}', expect.stringContaining('unknown parameter: f\\u0069rst') as string],
    [
      '{"first":"a","second":null}',
      "second: should be an unsigned 64 bit integer: invalid token 'null'",
    ],
    [
      '{"first":"a","second":"abc"}',
      `second: should be an unsigned 64 bit integer: invalid token '"abc"'`,
    ],
    ['{"first":"a","third":"true"}', `third: should be 'true' or 'false': invalid token '"true"'`],
    // The error names the first invalid parameter.
    [
      '{"second":"x","nosuch":1}',
      `second: should be an unsigned 64 bit integer: invalid token '"x"'`,
    ],
    ['{"__proto__":1}', expect.stringContaining('unknown parameter: __proto__') as string],
    ['{"toString":1}', expect.stringContaining('unknown parameter: toString') as string],
  ])('rejects %s', (params, message) => {
    expect(refusal(() => read(params))).toEqual(message);
  });

  test('accept developer-only parameters in developer mode', () => {
    expect(read('["a",1,true,"d"]', true)).toMatchObject({ fourth: 'd' });
  });

  test('generate the usage line', () => {
    expect(usageOf(PARAMETERS)).toBe('first [second] [third] [fourth]');
    expect(usageOf({})).toBe('');
  });
});

describe('integers', () => {
  test('are parsed exactly up to 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 70n }), (value) => {
        const expected = value >> 64n === 0n ? value : undefined;
        expect(unsignedInteger(String(value))).toBe(expected);
        expect(unsignedInteger(`0x${value.toString(16)}`)).toBe(expected);
        expect(unsignedInteger(`0${value.toString(8)}`)).toBe(expected);
      }),
    );
  });

  test('below zero wrap around, as in C', () => {
    expect(unsignedInteger('-1')).toBe((1n << 64n) - 1n);
    expect(unsignedInteger('-0')).toBe(0n);
    expect(unsignedInteger(' +5')).toBe(5n);
    expect(unsignedInteger('')).toBe(0n);
  });

  test.each(['x', '5x', '5 ', '1.5', '1e3', '08', '0x', '--1', '[5]', 'true'])(
    'reject %s',
    (text) => {
      expect(unsignedInteger(text)).toBeUndefined();
    },
  );

  test('over 32 bits are rejected by u32', () => {
    expect(refusal(() => u32(parseMessage('["4294967296"]'), 'n'))).toContain(
      'n: should be an unsigned 32 bit integer',
    );
  });
});

describe('amounts', () => {
  test.each([
    ['0', 0n],
    ['1000', 1000n],
    ['1000msat', 1000n],
    ['10sat', 10_000n],
    ['10satoshi', 10_000n],
    ['1btc', 100_000_000_000n],
    ['0.1btc', 10_000_000_000n],
    ['1.btc', 100_000_000_000n],
    ['0.00000000001btc', 1n],
    ['18446744073709551615', 18446744073709551615n],
  ])('%s', (text, amount) => {
    expect(millisatoshi(text)).toBe(amount);
  });

  test.each([
    '',
    'x',
    '-1',
    '1.5',
    '1.',
    '1.5sat',
    '.5btc',
    '0.000000000001btc',
    '18446744073709551616',
    '1 sat',
    'any',
    '9'.repeat(1000),
  ])('reject %s', (text) => {
    expect(millisatoshi(text)).toBeUndefined();
  });
});

describe('texts', () => {
  const parsed = <T>(parser: Parser<T>, source: string): T | string => {
    const token = parseMessage(`[${source}]`);
    const [item] = token.type === 'array' ? token.items : [];
    if (item === undefined) throw new Error('no item');
    try {
      return parser(item, 'p');
    } catch (error) {
      return error instanceof RpcError ? error.message : String(error);
    }
  };

  test('keep or resolve escapes', () => {
    expect(parsed(string, '"a\\nb"')).toBe('a\\nb');
    expect(parsed(label, '"a\\nb"')).toBe('a\\nb');
    expect(parsed(escapedString, '"a\\nb"')).toBe('a\nb');
    expect(parsed(escapedString, '"\\u00e9"')).toBe(
      `p: should be a string (without \\u): invalid token '"\\u00e9"'`,
    );
  });

  test('label accepts strings and digits', () => {
    expect(parsed(label, '5')).toBe('5');
    for (const source of ['-5', '1.5', 'null', 'true', '[]']) {
      expect(parsed(label, source)).toBe(
        `p: should be a string or number: invalid token '${source}'`,
      );
    }
  });

  test('hex accepts pairs of hex digits', () => {
    expect(parsed(hex, '"00fF"')).toEqual(Buffer.of(0, 255));
    expect(parsed(hex, '""')).toEqual(Buffer.alloc(0));
    expect(parsed(hex, '"0"')).toContain('should be a hex value');
    expect(parsed(hash, '"00"')).toContain('should be a 32 byte hex value');
  });

  test('nodeId accepts points on the curve', () => {
    const id = '03a6990a16f8351bb15b709369fbdc2e80eadb1e4b4db6c40f86cba0a8c4606180';
    expect(parsed(nodeId, `"${id.toUpperCase()}"`)).toBe(id);
    for (const wrong of [`02${'11'.repeat(32)}`, `04${id.slice(2)}`, id.slice(2), 'zz']) {
      expect(parsed(nodeId, `"${wrong}"`)).toContain('should be a node id');
    }
  });

  test('text resolves all escapes, and accepts numbers', () => {
    expect(parsed(text, '"\\u00e9\\n"')).toBe('é\n');
    expect(parsed(text, '-5')).toBe('-5');
    for (const source of ['null', 'true', '[]', '{}']) {
      expect(parsed(text, source)).toBe(`p: should be a string: invalid token '${source}'`);
    }
  });

  test('json keeps every digit, and rejects what only lightningd accepts', () => {
    expect(parsed(json, '{"a":[18446744073709551615,1.5]}')).toEqual({
      a: [18446744073709551615n, 1.5],
    });
    expect(parsed(json, '[1 2]')).toBe("p: should be valid JSON: invalid token '[1 2]'");
  });
});
