import { expect, onTestFinished, test, vi } from 'vitest';
import { Turns } from './turns.ts';

test('tasks take turns, in order, and a task that fails gives its turn back', async () => {
  const turns = new Turns(1, 1_000);
  const ran: number[] = [];
  const all = [1, 2, 3].map(async (number) =>
    turns.run(async () => {
      ran.push(number);
      if (number === 2) throw new Error('two');
      return number;
    }),
  );
  const settled = await Promise.allSettled(all);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(ran).toEqual([1, 2, 3]);
  expect(await turns.run(async () => 4)).toBe(4);
});

test('a task whose turn does not come is refused, and takes none later', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const turns = new Turns(1, 1_000);
  let end: () => void = () => undefined;
  const first = turns.run(() => new Promise<void>((resolve) => (end = resolve)));
  const second = turns.run(async () => expect.unreachable());
  const refused = expect(second).rejects.toMatchObject({ kind: 'busy' });
  await vi.advanceTimersByTimeAsync(1_000);
  await refused;
  end();
  await first;
  expect(await turns.run(async () => 3)).toBe(3);
});
