import { expect, onTestFinished, test, vi } from 'vitest';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';

test('runs waiting tasks in order, also after a failed task', async () => {
  const limiter = new ConcurrencyLimiter(1, 1_000);
  const ran: number[] = [];
  const all = [1, 2, 3].map(async (number) =>
    limiter.run(async () => {
      ran.push(number);
      if (number === 2) throw new Error('two');
      return number;
    }),
  );
  const settled = await Promise.allSettled(all);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(ran).toEqual([1, 2, 3]);
  expect(await limiter.run(async () => 4)).toBe(4);
});

test('refuses a task that has waited too long, and does not start it later', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const limiter = new ConcurrencyLimiter(1, 1_000);
  let end: () => void = () => undefined;
  const first = limiter.run(() => new Promise<void>((resolve) => (end = resolve)));
  const second = limiter.run(async () => expect.unreachable());
  const refused = expect(second).rejects.toMatchObject({ kind: 'busy' });
  await vi.advanceTimersByTimeAsync(1_000);
  await refused;
  end();
  await first;
  expect(await limiter.run(async () => 3)).toBe(3);
});
