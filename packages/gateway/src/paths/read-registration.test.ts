import { describe, expect, test } from 'vitest';
import { PathRefused } from '../routing/path-refused.ts';
import { readRegistration } from './read-registration.ts';

const NODE_ID = '035d2b1192dfba134e10e540875d366ebc8bc353d5aa766b80c090b39c3a5d885d';

const read = (params: unknown) =>
  readRegistration(typeof params === 'string' ? params : JSON.stringify(params), 4_096);

const plain = {
  path: 'test/x',
  rpcMethod: 'echo',
  httpMethod: 'POST',
  runeRequired: true,
  runeRestrictions: {},
};

describe('readRegistration reads', () => {
  test.each([
    ['parameters by name', { path: 'test/x', rpc_method: 'echo' }, plain],
    ['parameters by position', ['test/x', 'echo'], plain],
    ['a path with leading and trailing slashes', ['//test/x///', 'echo'], plain],
    ['nulls by position', ['test/x', 'echo', null, null, null], plain],
    [
      'nulls by name',
      {
        path: 'test/x',
        rpc_method: 'echo',
        http_method: null,
        rune_restrictions: { params: null },
      },
      plain,
    ],
    ['a lower-case HTTP method', ['test/x', 'echo', 'delete'], { ...plain, httpMethod: 'DELETE' }],
    [
      'a path that requires no rune',
      ['test/x', 'echo', 'GET', false],
      { ...plain, httpMethod: 'GET', runeRequired: false },
    ],
    [
      'restrictions',
      ['test/x', 'echo', 'PATCH', true, { nodeid: NODE_ID, method: 'pay', params: { a: [1] } }],
      {
        ...plain,
        httpMethod: 'PATCH',
        runeRestrictions: { nodeid: NODE_ID, method: 'pay', params: '{"a":[1]}' },
      },
    ],
  ])('%s', (_, params, registration) => {
    expect(read(params)).toEqual(registration);
  });

  test('restrictions as canonical JSON', () => {
    const params = `["x","echo","POST",true,{ "params" : {"amount_msat": 18446744073709551615, "label":"i\\u006f", "n":null} }]`;
    expect(read(params).runeRestrictions).toEqual({
      params: '{"amount_msat":18446744073709551615,"label":"io"}',
    });
  });
});

describe('readRegistration refuses', () => {
  test.each([
    [{}, 'path is required'],
    [[], 'path is required'],
    [[null, 'echo'], 'path is required'],
    [{ path: 1 }, 'path must be a string'],
    [['x'], 'rpc_method is required'],
    [['x', {}], 'rpc_method must be a string'],
    [['x', ''], 'rpc_method must be the name of a command: letters, digits, -, _ and .'],
    [['x', 'a b'], 'rpc_method must be the name of a command: letters, digits, -, _ and .'],
    [['x', 'echo', 1], 'http_method must be a string'],
    [['x', 'echo', 'HEAD'], 'HEAD is not a supported http method!'],
    [['x', 'echo', 'options'], 'OPTIONS is not a supported http method!'],
    [['x', 'echo', ''], ' is not a supported http method!'],
    [['x', 'echo', 'GET', 'false'], 'rune_required must be a boolean'],
    [['x', 'echo', 'GET', 0], 'rune_required must be a boolean'],
    [['/', 'echo'], 'Path must not be root'],
    [['', 'echo'], 'Path must not be empty'],
    [['///', 'echo'], 'Path must not be empty'],
    [['/{*wild}', 'echo'], 'Wildcards not supported'],
    [['a/{*}', 'echo'], 'Wildcards not supported'],
    [['x'.repeat(4_097), 'echo'], 'Path is too long'],
    [['a', 'b', 'GET', true, {}, 6], 'too many parameters: got 6, expected 5'],
    [{ path: 'x', rpc_method: 'echo', rune_requird: true }, 'unknown parameter: rune_requird'],
    [['x', 'echo', 'GET', true, []], 'rune_restrictions must be an object'],
    [['x', 'echo', 'GET', true, 'pay'], 'rune_restrictions must be an object'],
    [['x', 'echo', 'GET', true, { metod: 'pay' }], 'rune_restrictions has an unknown field: metod'],
    [
      ['x', 'echo', 'GET', true, { nodeid: '02aa' }],
      'rune_restrictions.nodeid must be the id of a node',
    ],
    [['x', 'echo', 'GET', true, { method: 5 }], 'rune_restrictions.method must be a string'],
    [['x', 'echo', 'GET', true, { method: '' }], 'rune_restrictions.method must be a string'],
    [
      ['x', 'echo', 'GET', true, { method: 'a"b' }],
      'rune_restrictions.method must not need escapes',
    ],
    [['x', 'echo', 'GET', true, { params: [1] }], 'rune_restrictions.params must be an object'],
    [
      ['x', 'echo', 'GET', true, { params: { a_b: 1, ab: 2 } }],
      'rune_restrictions.params: Ambiguous parameters: a name is repeated, or two names differ in punctuation only',
    ],
    [
      ['x', 'echo', 'GET', true, { params: { a: 'x'.repeat(20_000) } }],
      'rune_restrictions are too long',
    ],
  ])('%j', (params, words) => {
    expect(() => read(params)).toThrow(PathRefused);
    expect(() => read(params)).toThrow(expect.objectContaining({ message: words }));
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s without a rune', (method) => {
    expect(() => read(['x', 'echo', method, false])).toThrow(
      'rune_required must be true for anything but GET requests',
    );
  });
});
