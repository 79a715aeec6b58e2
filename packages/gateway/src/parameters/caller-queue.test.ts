import { expect, test } from 'vitest';
import { CallerQueue } from './caller-queue.ts';

test('callers take turns, and the items of each caller keep their order', () => {
  const queue = new CallerQueue<string>();
  for (const item of ['a1', 'a2', 'a3']) queue.push('a', item);
  for (const item of ['b1', 'b2']) queue.push('b', item);
  expect(queue.shift()).toBe('a1');
  queue.push('c', 'c1');
  const rest = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) rest.push(item);
  expect(rest).toEqual(['b1', 'a2', 'c1', 'b2', 'a3']);
});

test('delete removes an item and returns whether it was queued', () => {
  const queue = new CallerQueue<string>();
  queue.push('a', 'a1');
  queue.push('a', 'a2');
  expect(queue.delete('b', 'a1')).toBe(false);
  expect(queue.delete('a', 'a1')).toBe(true);
  expect(queue.delete('a', 'a1')).toBe(false);
  expect(queue.shift()).toBe('a2');
  expect(queue.shift()).toBeUndefined();
});
