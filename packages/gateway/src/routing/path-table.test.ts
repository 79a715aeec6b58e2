import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { PathTable, pathOf } from './path-table.ts';
import type { Route } from './route.ts';

const route: Route = () => undefined;
const other: Route = () => undefined;

function outcome(paths: PathTable, method: string, url: string): unknown {
  try {
    const found = paths.find(method, url);
    return [found.route === route ? 'route' : 'other', { ...found.captures }];
  } catch (error) {
    if (error instanceof Refusal) return [error.kind, error.headers];
    throw error;
  }
}

describe('PathTable', () => {
  test('finds exact paths and paths below a prefix', () => {
    const paths = new PathTable();
    paths.add('POST', '/v1/*', route);
    paths.add('GET', '/test', other);
    expect(outcome(paths, 'POST', '/v1/getinfo')).toEqual(['route', { '*': 'getinfo' }]);
    expect(outcome(paths, 'POST', '/v1/get%69nfo?c=3')).toEqual(['route', { '*': 'getinfo' }]);
    expect(outcome(paths, 'POST', '/v1/a/b%2Fc')).toEqual(['route', { '*': 'a/b/c' }]);
    expect(outcome(paths, 'POST', '/v1/')).toEqual(['route', { '*': '' }]);
    expect(outcome(paths, 'POST', '/v1')).toEqual(['path_not_found', {}]);
    expect(outcome(paths, 'HEAD', '/test?c=3')).toEqual(['other', {}]);
    expect(outcome(paths, 'GET', '/t%65st')).toEqual(['other', {}]);
    expect(outcome(paths, 'GET', '/%2Ftest')).toEqual(['path_not_found', {}]);
    expect(outcome(paths, 'GET', '/test/')).toEqual(['path_not_found', {}]);
    expect(outcome(paths, 'POST', '/test')).toEqual(['not_get', { Allow: 'GET, HEAD' }]);
  });

  test('prefers a path to a prefix and can exclude a path from a prefix', () => {
    const paths = new PathTable();
    paths.add('POST', '/v1/*', route);
    paths.add('GET', '/v1/list-methods', other);
    paths.except('POST', '/v1/list-methods');
    expect(outcome(paths, 'GET', '/v1/list-methods')).toEqual(['other', {}]);
    expect(outcome(paths, 'GET', '/v1/list%2Dmethods')).toEqual(['other', {}]);
    expect(outcome(paths, 'POST', '/v1/list-methods')).toEqual(['not_get', { Allow: 'GET, HEAD' }]);
    expect(outcome(paths, 'GET', '/v1/list-method')).toEqual(['not_post', { Allow: 'POST' }]);
  });

  test('rejects a repeated path', () => {
    const paths = new PathTable();
    paths.add('GET', '/a/x', route);
    expect(() => paths.add('GET', '/a/x', other)).toThrow('already');
  });
});

describe('pathOf', () => {
  test.each([
    ['/v1/getinfo', '/v1/getinfo'],
    ['/v1/getinfo?a=b#c', '/v1/getinfo'],
    ['/v1/getinfo#c', '/v1/getinfo'],
    ['/?', '/'],
    ['http://host/v1/getinfo', '/v1/getinfo'],
    ['HTTPS://host:80/v1/getinfo?x', '/v1/getinfo'],
    ['http://host', '/'],
    ['http://host?x', '/'],
    ['//host/v1', '//host/v1'],
  ])('%s', (url, path) => {
    expect(pathOf(url)).toBe(path);
  });

  test.each(['*', '', 'v1/getinfo', 'ftp://x/y', '/%', '/%c3', '/a%zzb'])(
    '%j has no route',
    (url) => {
      expect(url === '' ? pathOf(url) : outcome(new PathTable(), 'GET', url)).toEqual(
        url === '' ? '/' : ['path_not_found', {}],
      );
    },
  );
});
