import { expect, test } from 'vitest';
import { choose } from './accept.ts';

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
])('%s', (accept, expected) => {
  expect(choose(accept, OFFERS)).toBe(expected);
});
