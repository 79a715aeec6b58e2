import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from './route.ts';
import { PathPattern } from './path-pattern.ts';
import { PathRefused } from './path-refused.ts';
import { RegisteredPaths } from './registered-paths.ts';
import { type PathRegistration, REGISTRABLE, type RegistrableMethod } from './registration.ts';

function registration(path: string, httpMethod: RegistrableMethod = 'GET'): PathRegistration {
  return { path, rpcMethod: 'echo', httpMethod, runeRequired: true, runeRestrictions: {} };
}

/** Registers paths for GET. */
function registered(...patterns: readonly string[]): RegisteredPaths {
  const paths = new RegisteredPaths();
  for (const path of patterns) paths.add(registration(path), () => undefined);
  return paths;
}

describe('conflicting paths', () => {
  test.each([
    ['test/dynamic', 'test/dynamic'],
    ['test/{a}', 'test/{b}'],
    ['test/{a}', 'test/{a}'],
    ['v{version}/{capture}/go', 'v1/{capture}/go'],
    ['users/{id}', 'users/me'],
    ['{a}.json', 'x{a}.json'],
  ])('%s, then %s', (first, second) => {
    const paths = registered(first);
    const add = () => paths.add(registration(second), () => undefined);
    expect(add).toThrow(PathRefused);
    expect(add).toThrow(
      expect.objectContaining({
        message: `Conflicting path '${second}' already exists with http_method: GET`,
        conflictsWith: first,
      }),
    );
    expect(paths.list()).toHaveLength(1);
  });

  test('can be registered for different HTTP methods', () => {
    const paths = new RegisteredPaths();
    const routes = new Map<string, Route>(REGISTRABLE.map((method) => [method, () => undefined]));
    for (const [index, method] of REGISTRABLE.entries()) {
      paths.add(registration(`a/{p${index}}`, method), routes.get(method) ?? (() => undefined));
    }
    const found = paths.at('/a/x');
    expect([...found.keys()]).toEqual(REGISTRABLE);
    for (const [index, method] of REGISTRABLE.entries()) {
      expect(found.get(method)?.captures).toEqual({ [`p${index}`]: 'x' });
      expect(found.get(method)?.route).toBe(routes.get(method));
    }
  });
});

describe('paths without a conflict', () => {
  test.each([
    [['v1/keys/{keyset_id}', 'v1/keys'], '/v1/keys', {}],
    [['users/me', 'users/{id}'], '/users/me', {}],
    [['users/me', 'users/{id}'], '/users/you', { id: 'you' }],
    [['a/b{x}', 'a/{y}', '{z}/{y}'], '/a/bc', { x: 'c' }],
    [['a/b{x}', 'a/{y}', '{z}/{y}'], '/a/c', { y: 'c' }],
    [['a/b{x}', 'a/{y}', '{z}/{y}'], '/b/c', { z: 'b', y: 'c' }],
    [['v1/{capture}/go', 'v1/keys/{id}'], '/v1/keys/go', { id: 'go' }],
    [['{user}/status', 'admin/{page}'], '/admin/status', { page: 'status' }],
    [['{y}b', 'a{x}'], '/ab', { x: 'b' }],
    [['{y}b', 'a{x}'], '/cb', { y: 'c' }],
    [['{a}'], '/a%2Fb', { a: 'a/b' }],
    [['{a}'], '/%252F', { a: '%2F' }],
    [['käse'], '/k%C3%A4se', {}],
  ])('%j and %s', (patterns, path, captures) => {
    expect(
      registered(...patterns)
        .at(path)
        .get('GET')?.captures,
    ).toEqual(captures);
  });

  test.each(['/a%2Fb', '/a/b/', '//a/b', '/a', '/A/b', '/a/%62/'])(
    'a/b does not match %s',
    (path) => {
      expect(registered('a/b').at(path).size).toBe(0);
    },
  );
});

test('the match of a request does not depend on the order of registration', () => {
  const part = fc.constantFrom('a', 'b', '{x}', 'a{x}', '{x}b');
  const pattern = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => {
    return parts.map((text, index) => text.replace('x', `x${index}`)).join('/');
  });
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'aab', 'c'), { minLength: 1, maxLength: 3 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.uniqueArray(pattern, { maxLength: 12 }), fc.array(path), (patterns, asked) => {
      const one = new RegisteredPaths();
      const accepted: string[] = [];
      for (const text of patterns) {
        try {
          one.add(registration(text), () => undefined);
          accepted.push(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PathRefused);
        }
      }
      // Sorted by precedence, none of the accepted paths conflicts with a later one.
      const order = (text: string) => new PathPattern(text);
      const two = registered(...accepted.toSorted((a, b) => order(a).compare(order(b))));
      for (const each of asked) {
        const captures = (paths: RegisteredPaths) => paths.at(each).get('GET')?.captures;
        expect(captures(two)).toEqual(captures(one));
        const meant = accepted.filter((text) => order(text).match(each.slice(1).split('/')));
        expect(captures(one) === undefined).toBe(meant.length === 0);
      }
    }),
  );
});

test('the number of registered paths is limited', () => {
  const paths = registered(...Array.from({ length: 1_000 }, (_, index) => `a/${index}/{x}`));
  expect(() => paths.add(registration('b'), () => undefined)).toThrow(
    'The limit of 1000 registered paths is reached',
  );
  expect(paths.at('/a/999/y').get('GET')?.captures).toEqual({ x: 'y' });
  expect(paths.at('/b').size).toBe(0);
});
