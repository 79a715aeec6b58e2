import { describe, expect, test } from 'vitest';
import { readBodyType } from './content-type.ts';
import { MAX_MARKUP_BYTES } from './limits.ts';

describe('the format of a body', () => {
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
    expect(readBodyType(type, 1).format).toBe(format);
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
    expect(readBodyType(type, 1).format).toMatchObject({ kind: 'content_type' });
  });
});

test.each([
  [undefined, 1_000_000],
  ['application/json; x=yaml', 1_000_000],
  ['application/json; x="text/xml"', 1_000_000],
  ['text/plain+xml', 1_000_000],
  ['Text/XML', MAX_MARKUP_BYTES],
  ['application/yaml; charset=utf-8', MAX_MARKUP_BYTES],
])('the size limit of %j is %i', (type, limit) => {
  expect(readBodyType(type, 1_000_000).maxBytes).toBe(limit);
});
