import { expect, test } from 'vitest';
import { MEDIA_TYPES } from '../formats/media-types.ts';
import { chooseMediaType } from './accept.ts';

const OFFERS = ['text/plain', 'text/html', 'application/json'] as const;
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

test.each([
  [undefined, 'text/plain'],
  ['', 'text/plain'],
  ['*/*', 'text/plain'],
  [BROWSER, 'text/html'],
  ['application/json', 'application/json'],
  ['application/json, text/plain, */*', 'text/plain'],
  ['application/json;q=0.9, text/plain;q=0.8', 'application/json'],
  ['TEXT/HTML', 'text/html'],
  ['text/*', 'text/plain'],
  ['text/*, text/plain;q=0', 'text/html'],
  ['*/*, text/*;q=0', 'application/json'],
  ['application/json;charset=utf-8', 'application/json'],
  ['text/html;q=nonsense, application/json;q=0.1', 'application/json'],
  ['text/html;q=2', undefined],
  ['image/png', undefined],
  ['*/*;q=0', undefined],
  ['application/json;q=0, */*', 'text/plain'],
  ['text/plain;p="a, text/html;q=1";q=0.1, text/html;q=0.2', 'text/html'],
  ['text/html;q=0.123, text/plain;q=0.122', 'text/html'],
  ['text/html;Q=0.2, text/plain;q=0.1', 'text/html'],
])('%s', (accept, expected) => {
  expect(chooseMediaType(accept, OFFERS)).toBe(expected);
});

test.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['application/yaml', 'application/yaml'],
  ['text/yaml', 'text/yaml'],
  ['text/*', 'text/yaml'],
  ['application/x-yaml, application/yaml', 'application/yaml'],
  ['application/xml, application/json', 'application/json'],
  ['application/xml, application/json;q=0.9', 'application/xml'],
  ['application/xml;q=0.5, */*;q=0.1', 'application/xml'],
  ['application/json;q=0, */*;q=0.1', 'application/yaml'],
  ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
  ['application/jsonp', undefined],
  ['text/html', undefined],
])('of results, %s', (accept, expected) => {
  expect(chooseMediaType(accept, MEDIA_TYPES)).toBe(expected);
});
