import { Master, Restriction } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { powersOf } from './powers.ts';

const MASTER = new Master(new Uint8Array(32));

test.each([
  [[], []],
  [['method=showrunes'], ['createrune', 'blacklistrune']],
  [['method^create|method^black'], ['showrunes']],
  [
    ['method=showrunes', 'method=createrune'],
    ['showrunes', 'createrune', 'blacklistrune'],
  ],
  [['time<5'], ['showrunes', 'createrune', 'blacklistrune']],
  // The node decides, because only it knows the last use, the parameters and newer fields.
  [['rate=60', 'pnum=0', 'pnamerestrictions!', 'pnum<2|newfield=1'], []],
])('a rune with %j cannot do %j', (texts, missing) => {
  const rune = MASTER.create(
    '0',
    texts.map((text) => Restriction.parse(text)),
  );
  const powers = powersOf(rune, 1_800_000_000n);
  expect(Object.entries(powers).flatMap(([name, reason]) => (reason ? [name] : []))).toEqual(
    missing,
  );
});

test('says why, in the words of a node', () => {
  const rune = MASTER.create('0', [Restriction.of('method=showrunes')]);
  expect(powersOf(rune, 0n).createrune).toBe('method is not equal to showrunes');
});
