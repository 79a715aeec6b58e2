import { Master, Restriction, type Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { pauseBefore, readPacedRune } from './pause.ts';

const master = new Master(new Uint8Array(32).fill(7));
const GETINFO = { method: 'getinfo', params: undefined };

function rune(...restrictions: string[]): Rune {
  return master.create(
    '1',
    restrictions.map((text) => Restriction.parse(text)),
  );
}

describe('the pause that a rune requires', () => {
  test.each([
    [['rate=60'], 1_000],
    [['rate=1'], 60_000],
    [['rate=7'], 60_000 / 7],
    [['per=5'], 5_000],
    [['per=20msec'], 20],
    [['per=1nsec'], 1e-6],
    [['per=1day'], 86_400_000],
    [['per=200000day'], 200_000 * 86_400_000],
    [['rate=60', 'per=1min'], 60_000],
    [['per=1min', 'rate=60'], 60_000],
    [['per=1min|rate=60'], 1_000],
    [['per=1min|method=getinfo'], 0],
    [['per=1min|method=pay'], 60_000],
    [['method=getinfo', 'per=1min'], 60_000],
    [['method=getinfo'], 0],
    [[], 0],
  ])('%j: %d ms', (restrictions, ms) => {
    expect(pauseBefore(rune(...restrictions), GETINFO)).toBeCloseTo(ms, 5);
  });

  test('depends on the call', () => {
    const paced = rune('pnamelevel=io|per=1min');
    expect(pauseBefore(paced, { method: 'getlog', params: '{"level":"io"}' })).toBe(0);
    expect(pauseBefore(paced, { method: 'getlog', params: '{"level":"x"}' })).toBe(60_000);
    // The gateway rejects malformed parameters, so that waiting is useless.
    expect(pauseBefore(paced, { method: 'getlog', params: 'x' })).toBe(0);
  });

  test('is computed only for runes with rate or per', () => {
    expect(readPacedRune(rune('method=pay').toBase64())).toBeUndefined();
    expect(readPacedRune('no rune')).toBeUndefined();
    expect(readPacedRune(rune('rate=1').toBase64())).toBeDefined();
  });
});
