import { expect, test } from 'vitest';
import { encodeCodex32, identifierFor, identifierProblem } from './codex32.ts';

/** The secret and the texts of lightningd's own test of exposesecret. */
const SECRET = Buffer.alloc(32);
SECRET.write('lightning-1');

test.each([
  ['junr', 'cl10junrsd35kw6r5de5kueedxyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj00m675kxffh'],
  ['junx', 'cl10junxsd35kw6r5de5kueedxyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq6mdtn5lql6p8m'],
  ['cln2', 'cl10cln2sd35kw6r5de5kueedxyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq2v3y60yxxn4mq'],
])('a secret with the identifier %s has the text of lightningd', (identifier, text) => {
  expect(encodeCodex32(SECRET, identifier)).toBe(text);
});

test.each([
  ['JUNIORBEAM-v1', 'junr'],
  ['bio', 'xxxx'],
  ['AB', 'axxx'],
])('the alias %s gives the identifier %s', (alias, identifier) => {
  expect(identifierFor(alias)).toBe(identifier);
});

test.each([
  ['abc', 'Invalid id: must be 4 characters'],
  ['aböc', 'Invalid id: must be 4 characters'],
  ['aöc', 'Invalid id: must be ASCII'],
  ['acdI', 'Invalid id: must be valid bech32 string'],
  ['acdE', 'Invalid id: must be lower-case'],
  ['acde', undefined],
])('the identifier %s: %s', (identifier, problem) => {
  expect(identifierProblem(identifier)).toBe(problem);
});
