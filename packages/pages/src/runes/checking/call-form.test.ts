import { describe, expect, test } from 'vitest';
import { EMPTY_CALL_FORM, type CallForm, readCallForm } from './call-form.ts';

const NODE = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
const NOW = 1_700_000_000n;
const read = (change: Partial<CallForm>) => readCallForm({ ...EMPTY_CALL_FORM, ...change }, NOW);

describe('the call form', () => {
  test('defaults to a call now, without parameters, over REST', () => {
    expect(read({ method: ' pay ' })).toHaveProperty('call', {
      now: NOW * 1_000_000_000n,
      method: 'pay',
      params: undefined,
      nodeId: undefined,
    });
  });

  test('reads all inputs', () => {
    const asked = read({ params: '{ "a": 1 }', time: '1800000000', nodeId: ` ${NODE} ` });
    expect(asked).toHaveProperty('call.params', '{"a":1}');
    expect(asked).toHaveProperty('call.now', 1_800_000_000_000_000_000n);
    expect(asked).toHaveProperty('call.nodeId', NODE);
  });

  test.each([
    ['', undefined],
    ['30', (NOW - 30n) * 1_000_000_000n],
    ['0.5', NOW * 1_000_000_000n - 500_000_000n],
    ['0,5', NOW * 1_000_000_000n - 500_000_000n],
    ['0', NOW * 1_000_000_000n],
  ])('reads the last use: %j seconds before', (lastUse, expected) => {
    const asked = read({ lastUse });
    expect('circumstances' in asked && asked.circumstances.lastUsed?.('0')).toBe(expected);
  });

  test('returns a problem for each invalid input', () => {
    const asked = read({ params: '{"a":}', time: 'soon', nodeId: '02ab', lastUse: 'often' });
    expect(asked).toEqual({
      problems: {
        params: expect.stringContaining('Invalid parameters at character 6'),
        time: 'Enter a date and a time.',
        nodeId: expect.stringContaining('66 hex digits'),
        lastUse: 'Enter a number of seconds, such as 30.',
      },
    });
    expect(read({ params: '{"a":1,"a":2}' })).toHaveProperty(
      'problems.params',
      expect.stringContaining('a name is repeated'),
    );
  });
});
