import { describe, expect, expectTypeOf, test } from 'vitest';
import type { OptionDeclarations, OptionValues } from './option-types.ts';
import { checkDeclarations, readOption, readOptions } from './options.ts';

const declarations = {
  'rest-port': { type: 'int', description: 'port' },
  'rest-host': { type: 'string', default: '127.0.0.1', description: 'host' },
  'rest-certs': { type: 'string', description: 'certs' },
  'rest-cors-origins': { type: 'string', multi: true, default: '*', description: 'origins' },
  levels: { type: 'int', multi: true, description: 'levels' },
  verbose: { type: 'flag', description: 'more words' },
  fast: { type: 'bool', default: false, description: 'speed' },
  maybe: { type: 'bool', description: 'no default' },
  secret: { type: 'string-conceal', default: 'x', description: 'hidden' },
} as const satisfies OptionDeclarations;

describe('the values of options', () => {
  test('have the types of their declarations', () => {
    expectTypeOf<OptionValues<typeof declarations>>().toEqualTypeOf<{
      readonly 'rest-port': number | undefined;
      readonly 'rest-host': string;
      readonly 'rest-certs': string | undefined;
      readonly 'rest-cors-origins': readonly string[];
      readonly levels: readonly number[];
      readonly verbose: boolean;
      readonly fast: boolean;
      readonly maybe: boolean | undefined;
      readonly secret: string;
    }>();
  });

  test('are the defaults if not set', () => {
    expect(readOptions(declarations, {})).toEqual({
      'rest-port': undefined,
      'rest-host': '127.0.0.1',
      'rest-certs': undefined,
      'rest-cors-origins': ['*'],
      levels: [],
      verbose: false,
      fast: false,
      maybe: undefined,
      secret: 'x',
    });
  });

  test('are what lightningd sends', () => {
    const given = {
      'rest-port': 3010,
      'rest-host': 'localhost',
      'rest-cors-origins': ['https://a.example', 'https://b.example:5001'],
      levels: [1, 2],
      verbose: true,
      fast: true,
    };
    expect(readOptions(declarations, given)).toMatchObject(given);
  });

  test('are parsed from the strings of setconfig', () => {
    expect(readOption('rest-port', declarations['rest-port'], '3010')).toBe(3010);
    expect(readOption('levels', declarations.levels, ['1', '2'])).toEqual([1, 2]);
    expect(readOption('fast', declarations.fast, 'Yes')).toBe(true);
    expect(readOption('fast', declarations.fast, 'false')).toBe(false);
  });

  test.each([
    ['rest-port', 'abc'],
    ['rest-port', ''],
    ['rest-port', 1.5],
    ['rest-port', 2 ** 53],
    ['rest-port', null],
    ['rest-host', {}],
    ['fast', 'maybe'],
    ['levels', [1, 'x']],
  ] as const)('are rejected if invalid: %s=%j', (name, given) => {
    expect(() => readOption(name, declarations[name], given)).toThrow(`option ${name} must be `);
  });

  test('are shown digit for digit if they are too large', () => {
    expect(() => readOption('rest-port', declarations['rest-port'], 9007199254740993n)).toThrow(
      '9007199254740993',
    );
    expect(readOption('rest-host', declarations['rest-host'], 9007199254740993n)).toBe(
      '9007199254740993',
    );
  });

  test('do not appear in the message if they are concealed', () => {
    expect(() => readOption('secret', declarations.secret, { a: 'hunter2' })).toThrow(
      /^option secret must be a string$/,
    );
  });
});

describe('checkDeclarations rejects', () => {
  test.each([
    ['a name in capitals', { Port: { type: 'int', description: '' } }],
    ['a default of another type', { port: { type: 'int', default: 'x', description: '' } }],
    ['a broken number', { port: { type: 'int', default: 1.5, description: '' } }],
  ])('%s', (_name, wrong) => {
    expect(() => checkDeclarations(wrong as unknown as OptionDeclarations)).toThrow(TypeError);
  });
});
