import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { expandTilde, homeDirectory, TildeError } from './home-directory.ts';

test.each([[undefined], [''], ['relative'], ['./here']])('HOME=%s is not used', (home) => {
  expect(homeDirectory(home === undefined ? {} : { HOME: home })).toBe(userInfo().homedir);
});

test.each([
  ['~', '/home/me'],
  ['~/', '/home/me/'],
  ['~/a b/../c', '/home/me/c'],
  ['/x/~', '/x/~'],
  ['x/~/y', 'x/~/y'],
  ['', ''],
])('%s becomes %s', (path, expanded) => {
  expect(expandTilde(path, '/home/me')).toBe(expanded);
});

test('~user is an error that names the fix, and ~ alone means this user', () => {
  expect(() => expandTilde('~bob/x', '/home/me')).toThrow(TildeError);
  expect(() => expandTilde('~bob/x', '/home/me')).toThrow('write the whole path, or ./~bob/x');
  expect(expandTilde('~/x')).toBe(`${homeDirectory()}/x`);
});
