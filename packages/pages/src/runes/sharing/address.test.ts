import { describe, expect, test } from 'vitest';
import { addressOfPage, isUnspecified, readAddress } from './address.ts';

describe('an address', () => {
  test.each([
    ['https://node.local:3010', 'https://node.local:3010/'],
    [' http://127.0.0.1:3010/ ', 'http://127.0.0.1:3010/'],
    ['node.local:3010', 'https://node.local:3010/'],
    ['[::1]:3010', 'https://[::1]:3010/'],
    ['https://example.org/behind', 'https://example.org/behind'],
    ['https://node.local:3010/v1', 'https://node.local:3010/'],
    ['https://node.local:3010/v1/', 'https://node.local:3010/'],
    ['https://node.local:3010/v1/getinfo', 'https://node.local:3010/'],
    ['https://node.local:3010/runes', 'https://node.local:3010/'],
    ['https://example.org/behind/v1/', 'https://example.org/behind'],
  ])('%j', (text, url) => {
    expect(readAddress(text)?.href).toBe(url);
  });

  test.each([
    '',
    'https://',
    'ftp://x',
    'javascript:alert(1)',
    'https://u@x',
    'https://:p@x',
    'https://x?a',
    'https://x#a',
    'https://x:70000',
    'a b',
  ])('%j is invalid', (text) => {
    expect(readAddress(text)).toBeUndefined();
  });
});

test.each([
  ['0.0.0.0:3010', true],
  ['http://0:3010', true],
  ['0x0.0', true],
  ['[::]:3010', true],
  ['[0:0::0]', true],
  ['[::ffff:0.0.0.0]:3010', true],
  ['10.0.0.0:3010', false],
  ['0.0.0.1', false],
  ['[::1]:3010', false],
  ['0.0.0.0.example.org', false],
])('%j is unspecified: %s', (text, isIt) => {
  const url = readAddress(text);
  expect(url && isUnspecified(url)).toBe(isIt);
});

test.each([
  ['https://127.0.0.1:3010/runes', 'https://127.0.0.1:3010'],
  ['https://example.org/behind/runes?x=1#y', 'https://example.org/behind'],
])('a page at %s has its server at %s', (page, server) => {
  expect(addressOfPage(page)).toBe(server);
});
