import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareStreamIds, EpochIds, isStreamId, StreamIds } from './event-ids.ts';

const message = (sequence: number, id: string) => ({ sequence, id, topic: 't', text: '{}' });
const gap = (sequence: number) => ({ sequence, topic: '', text: '{}', isGap: true }) as const;

test('ids of an epoch are only its own', () => {
  const ids = new EpochIds('0123abcd');
  expect([ids.idOf(7), ids.sequenceOf('0123abcd-7')]).toEqual(['0123abcd-7', 7]);
  for (const id of ['0123abce-7', '7', '', '0123abcd-', '0123abcd-x']) {
    expect(ids.sequenceOf(id)).toBe(-1);
  }
});

describe('ids of a stream', () => {
  test('name messages, and the place before the first', () => {
    const ids = new StreamIds(10, '4-9');
    ids.start(0);
    expect([ids.idOf(0), ids.sequenceOf('4-9')]).toEqual(['4-9', 0]);
    ids.record(message(1, '5-1'));
    ids.record(message(2, '5-2'));
    expect([ids.idOf(2), ids.sequenceOf('5-1'), ids.sequenceOf('5-2')]).toEqual(['5-2', 1, 2]);
  });

  test('are unknown if they were never in the stream, or too long ago', () => {
    const ids = new StreamIds(2, undefined);
    ids.start(0);
    expect(ids.idOf(0)).toBeUndefined();
    for (let n = 1; n <= 4; n++) ids.record(message(n, `5-${2 * n}`));
    expect([ids.idOf(2), ids.sequenceOf('5-4'), ids.sequenceOf('5-6')]).toEqual([undefined, -1, 3]);
    for (const id of ['5-5', '4-0', 'x', '', '5', '05-6', '5-6 ']) {
      expect(ids.sequenceOf(id)).toBe(-1);
    }
  });

  test('of a gap are those of the event before, so that a client receives the gap again', () => {
    const ids = new StreamIds(10, '4-9');
    ids.start(0);
    ids.record(message(1, '5-1'));
    ids.record(gap(2));
    expect([ids.idOf(2), ids.sequenceOf('5-1')]).toEqual(['5-1', 1]);
  });

  test('that another gateway has read already are awaited', async () => {
    const ids = new StreamIds(10, '4-9', 10_000);
    ids.start(0);
    const [next, lost] = [ids.sequenceOf('5-1'), ids.sequenceOf('5-2')];
    ids.record(message(1, '5-1'));
    ids.record(message(2, '5-3'));
    expect(await Promise.all([next, lost])).toEqual([1, -1]);
    const impatient = new StreamIds(10, '4-9', 1);
    expect(await impatient.sequenceOf('5-1')).toBe(-1);
  });

  test('are ordered by both numbers', () => {
    const numbers = fc.tuple(fc.bigInt(0n, 2n ** 60n), fc.bigInt(0n, 2n ** 60n));
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [a, b] = [one.join('-'), other.join('-')];
        expect(isStreamId(a)).toBe(true);
        const isOlder = one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
        expect(compareStreamIds(a, b) < 0).toBe(isOlder);
        expect(compareStreamIds(a, a)).toBe(0);
      }),
    );
  });
});
