import { expect, test } from 'vitest';
import { needsNode, Restriction, Rune } from './index.ts';

const RUNE = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');

test('bytes that are not valid UTF-8 need the node', () => {
  // "m=" and the byte 0xff.
  const rune = Rune.fromBase64('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABtPf8=');
  expect(needsNode(rune)).toBe(true);
});

test.each([
  [[], false],
  [['method=pay', 'time<5', 'id=02', 'pnum=1', 'pnamea=1'], false],
  [['pnamea=1|pnameb=2'], false],
  [['parr0=a', 'parr1=b', 'pnum=2'], false],
  [['rate=60'], true],
  [['method=pay|per=1sec'], true],
  [['pinvbolt11_amount<5', 'method=pay'], false],
  [['pinvbolt11_amount<5|pinvinvstring_node=02'], false],
  [['pinvbolt11_amount<5', 'pinvbolt11_node=02'], true],
  [['pinvbolt11_amount<5', 'parr0=1'], true],
  [['pinvbolt11_expiry<5'], true],
  [['pinvother=5'], true],
  [['parr00=5'], true],
  [['newfield=comment'], true],
  [['newfield#comment'], false],
  [['method=pay', 'pnamea=1|name#x', 'name#comment', 'name#comment'], false],
  [['name#comment', 'pnamea=1'], true],
  [['pnameb#comment', 'pnamea=1'], true],
  [['name#comment', 'parr0=1'], false],
  [['pnamea=1', 'name#comment', 'method=pay|name#other', 'pnamea#comment'], false],
  [['pnamea=1', 'name#comment', 'pnum=1'], false],
  [['pinvbolt11_amount#comment', 'pnamea=1'], true],
  [['rate#comment'], true],
  [['per#comment'], true],
  [['pnamea=1', 'method=pay', 'pnameb!'], true],
  [['parr0!', 'pnamea=1'], true],
])('%j needs the node: %s', (restrictions, expected) => {
  let rune = RUNE;
  for (const restriction of restrictions) rune = rune.restrict(Restriction.parse(restriction));
  expect(needsNode(rune)).toBe(expected);
});
