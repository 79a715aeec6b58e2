import { describe, expect, test } from 'vitest';
import { bodyFormat, bodyLimit } from './content-type.ts';
import { MAX_MARKUP_BYTES } from './limits.ts';

describe('bodyFormat', () => {
  test.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    [' Application/JSON ;', 'json'],
    ['application/json; x=yaml', 'json'],
    ['application/json; x="; charset=utf-16"', 'json'],
    ['application/json; x="a\\"; charset=utf-16"', 'json'],
    ['application/json; x="a\\\\"; charset=utf-8', 'json'],
    ['application/json; charset="utf-8"', 'json'],
    ['application/json; CHARSET="UTF\\-8" ; q', 'json'],
    ['application/json;;charset = utf8;', 'json'],
    ['application/json; profile=https://example.com/=', 'json'],
    ['application/yaml; x="application/json"', 'yaml'],
    ['text/xml; charset=us-ascii', 'xml'],
  ])('reads %j as %s', (type, format) => {
    expect(bodyFormat(type)).toBe(format);
  });

  test.each([
    'text/plain',
    'application/json, application/yaml',
    'application/json; charset=utf-16',
    'application/json; charset="utf-16"',
    'application/json; charset=""',
    'application/json; charset=',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; x=";"; charset=utf-16',
    'application/json; charset="utf-8',
    'application/json; charset="utf-8\\"',
    'application/json; charset="utf-8"y',
    'application/json; x="a"b; charset=utf-8',
    `application/json; charset=${' '.repeat(3_000)}"x"y`,
  ])('refuses %.60j', (type) => {
    expect(() => bodyFormat(type)).toThrow('Unsupported content-type header');
  });
});

test.each([
  [undefined, 1_000_000],
  ['application/json; x=yaml', 1_000_000],
  ['application/json; x="text/xml"', 1_000_000],
  ['text/plain+xml', 1_000_000],
  ['Text/XML', MAX_MARKUP_BYTES],
  ['application/yaml; charset=utf-8', MAX_MARKUP_BYTES],
  ['application/x-yaml;x="a"b', MAX_MARKUP_BYTES],
])('bodyLimit of %j is %i', (type, limit) => {
  expect(bodyLimit(type, 1_000_000)).toBe(limit);
});
