import { describe, expect, test } from 'vitest';
import { readOrigins } from './origins.ts';

const GUIDE = [
  'https://localhost:5500',
  'http://192.168.1.50:3030',
  'https?://127.0.0.1:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])',
];

describe('origins', () => {
  test('* allows all origins', () => {
    const origins = readOrigins(['https://a.example', '*']);
    expect(origins.all).toBe(true);
    expect(origins.allow('https://anything.example')).toBe(true);
  });

  test.each([
    'https://localhost:5500',
    'http://192.168.1.50:3030',
    'http://127.0.0.1:1',
    'https://127.0.0.1:65535',
  ])("the guide's list allows %s", (origin) => {
    expect(readOrigins(GUIDE).allow(origin)).toBe(true);
  });

  test.each([
    'http://localhost:5500',
    'https://localhost:55000',
    'https://localhost',
    'https://127.0.0.1:65536',
    'https://127.0.0.1',
    'xhttps://127.0.0.1:80',
    'https://127.0.0.1:80.evil.example',
    'https://127.0.0.1:80\n',
    'null',
    '',
  ])("the guide's list does not allow %j", (origin) => {
    expect(readOrigins(GUIDE).allow(origin)).toBe(false);
  });

  test('an origin is compared literally', () => {
    const origins = readOrigins([
      'https://a.example',
      'http://[::1]:80',
      'null',
      'HTTPS://B.example',
    ]);
    expect(origins.allow('https://a.example')).toBe(true);
    expect(origins.allow('https://axexample')).toBe(false);
    expect(origins.allow('http://[::1]:80')).toBe(true);
    expect(origins.allow('http://1:80')).toBe(false);
    expect(origins.allow('null')).toBe(true);
    expect(origins.allow('https://b.example')).toBe(true);
  });

  test('an expression must match the whole origin', () => {
    const origins = readOrigins(['https://a|b.*']);
    expect(origins.allow('https://a')).toBe(true);
    expect(origins.allow('https://ab')).toBe(false);
    expect(origins.allow('bc')).toBe(true);
    expect(origins.allow('abc')).toBe(false);
  });

  test.each([
    ['https://[a-z0-9-]+\\.example\\.com(:\\d+)?', 'https://my-shop.example.com:8443'],
    ['^https?://localhost:\\d{4,5}$', 'http://localhost:5173'],
    ['chrome-extension://.*', 'chrome-extension://abcdefgh'],
    ['https://(www\\.|)example\\.(com|org)', 'https://example.org'],
  ])('%s allows %s', (pattern, origin) => {
    const origins = readOrigins([pattern]);
    expect(origins.allow(origin)).toBe(true);
    expect(origins.allow(`${origin}.evil.test`)).toBe(pattern.endsWith('.*'));
    expect(origins.allow(`evil${origin}`)).toBe(false);
  });

  test.each([
    [
      'https://*.example.com',
      ['https://a.example.com', 'https://a-1.example.com'],
      [
        'https://xexample.com',
        'https://a.b.example.com',
        'https://example.com',
        'https://a.example.com:8443',
        'https://.example.com',
        'https://a.example.comx',
      ],
    ],
    [
      'http://localhost:*',
      ['http://localhost', 'http://localhost:5500'],
      [
        'http://localhost:',
        'http://localhost:x',
        'https://localhost:5500',
        'http://localhost:123456',
      ],
    ],
    ['https://*.*.example:8443/', ['https://a.b.example:8443'], ['https://a.example:8443']],
    [
      'https://a.*',
      ['https://a.example'],
      ['https://a.example.com', 'https://a.', 'https://axexample'],
    ],
  ])('in %s, a * is one label or the port', (pattern, allowed, refused) => {
    const origins = readOrigins([pattern]);
    for (const origin of allowed) expect(origins.allow(origin), origin).toBe(true);
    for (const origin of refused) expect(origins.allow(origin), origin).toBe(false);
  });

  test('a slash at the end and the default port make no difference', () => {
    const origins = readOrigins([
      'https://a.example/',
      'https://b.example:443',
      'http://c.example:80/',
    ]);
    for (const origin of ['https://a.example', 'https://b.example', 'http://c.example']) {
      expect(origins.allow(origin)).toBe(true);
    }
    expect(origins.allow('http://b.example')).toBe(false);
    expect(readOrigins(['http://d.example:443']).allow('http://d.example:443')).toBe(true);
  });

  test.each([
    ['"https://a.example"', 'is in quotes'],
    ["'https://a.example'", 'is in quotes'],
    ['https://a.example,https://b.example', 'has several origins'],
    ['https://a.example https://b.example', 'has several origins'],
    ['https://a.example; https://b.example', 'has several origins'],
    [' https://a.example', 'has a blank'],
    ['https://a.example,b.example', 'has several origins'],
    ['a.example', 'has no scheme, which every origin has: write `https://a.example`'],
    ['localhost:5500', 'write `https://localhost:5500`'],
    ['localhost:*', 'write `https://localhost:*`'],
    ['*.example.com', 'write `https://*.example.com`'],
    ['192.168.1.5/', 'write `https://192.168.1.5`'],
    ['[::1]:3010', 'write `https://[::1]:3010`'],
    ['https://a.example/app', 'has a path'],
    ['https://a.example:8443/app/index.html', 'has a path'],
    ['https://*example.com', 'not a whole label or port'],
    ['https://a*.example.com', 'not a whole label or port'],
    ['https://a.example:8*', 'not a whole label or port'],
  ])('%s is rejected with a correct example', (pattern, problem) => {
    expect(() => readOrigins([pattern])).toThrow(problem);
    expect(() => readOrigins([pattern])).toThrow(pattern);
  });

  test('an origin that is too long is not allowed', () => {
    expect(readOrigins(['https://.*']).allow(`https://${'a'.repeat(300)}`)).toBe(false);
  });
});
