import { describe, expect, test } from 'vitest';
import { NO_QUESTION, type Question, readQuestion } from './question.ts';

const NODE = `03${'cd'.repeat(32)}`;
const NOW = 1_700_000_000n;
const read = (change: Partial<Question>) => readQuestion({ ...NO_QUESTION, ...change }, NOW);

describe('a question', () => {
  test('is asked now, without parameters, over REST', () => {
    expect(read({ method: ' pay ' })).toHaveProperty('call', {
      now: NOW * 1_000_000_000n,
      method: 'pay',
      params: undefined,
      nodeId: undefined,
    });
  });

  test('or with all of them', () => {
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
  ])('knows when the rune was last used: %j seconds before', (lastUse, expected) => {
    const asked = read({ lastUse });
    expect('circumstances' in asked && asked.circumstances.lastUsed?.('0')).toBe(expected);
  });

  test('tells what can not be asked, each at its place', () => {
    const asked = read({ params: '{"a":}', time: 'soon', nodeId: '02ab', lastUse: 'often' });
    expect(asked).toEqual({
      problems: {
        params: expect.stringContaining('this is none at character 6'),
        time: 'This is no date and time.',
        nodeId: expect.stringContaining('66 hex digits'),
        lastUse: 'A number of seconds, such as 30.',
      },
    });
    expect(read({ params: '{"a":1,"a":2}' })).toHaveProperty(
      'problems.params',
      expect.stringContaining('a name is repeated'),
    );
  });
});
