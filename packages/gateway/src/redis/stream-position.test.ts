import { expect, test } from 'vitest';
import { StreamPosition } from './stream-position.ts';

/** Reads ids, or starts as `id after previous complete`, and returns what a subscriber receives. */
function read(position: StreamPosition, ...entries: readonly string[]): string[] {
  return entries
    .flatMap((entry) => {
      const [id = '', after, previous = '', complete = ''] = entry.split(' ');
      const fields =
        after === undefined
          ? { topic: 'tick', payload: id }
          : { start: '1', after, previous, complete };
      return position.read({ id, fields });
    })
    .map(({ text, isGap }) => (isGap === true ? 'gap' : text));
}

test('events of a feeder are consecutive', () => {
  const position = new StreamPosition();
  expect(read(position, '5-0 0 0-0 1', '5-1', '5-2')).toEqual(['5-1', '5-2']);
  expect(read(position, '5-4', '5-5')).toEqual(['gap', '5-4', '5-5']);
});

test('entries that were read are ignored', () => {
  const position = new StreamPosition();
  expect(read(position, '5-7', '5-8', '5-7', '5-8', '4-9', '5-9')).toEqual(['5-7', '5-8', '5-9']);
});

test('another feeder continues without a gap only if it says so and nothing lies between', () => {
  const start = (): StreamPosition => {
    const position = new StreamPosition();
    read(position, '5-0 0 0-0 1', '5-1');
    return position;
  };
  expect(read(start(), '6-0 0 5-1 1', '6-1')).toEqual(['6-1']);
  expect(read(start(), '6-0 0 5-1 0', '6-1')).toEqual(['gap', '6-1']);
  expect(read(start(), '6-0 0 5-2 1', '6-1')).toEqual(['gap', '6-1']);
  expect(read(start(), '6-0 7 5-1 1', '6-8', '6-9')).toEqual(['6-8', '6-9']);
  expect(read(start(), '6-0 7 5-1 1', '6-9')).toEqual(['gap', '6-9']);
  // The start was trimmed.
  expect(read(start(), '6-1')).toEqual(['gap', '6-1']);
});
