import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { RetryQueue } from './retry-queue.ts';

const NO_RESPONSE = new Error('no response');
const never = new AbortController().signal;

const queueOf = (concurrency: number): RetryQueue =>
  new RetryQueue({ concurrency, retryMs: 1_000, isTemporary: (error) => error === NO_RESPONSE });

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

test('runs a limited number of tasks at the same time, and the others in order', async () => {
  const queue = queueOf(3);
  const started: number[] = [];
  const responses: (() => void)[] = [];
  const all = Array.from({ length: 6 }, async (_, i) =>
    queue.run(async () => {
      started.push(i);
      await new Promise<void>((resolve) => responses.push(resolve));
      return i;
    }, never),
  );
  expect(started).toEqual([0, 1, 2]);
  responses[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual([0, 1, 2, 3]);
  while (responses.length < 6 || started.length < 6) {
    for (const respond of responses) respond();
    await vi.advanceTimersByTimeAsync(0);
  }
  for (const respond of responses) respond();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('repeats a task that failed after the others', async () => {
  const queue = queueOf(1);
  const started: string[] = [];
  const task = (name: string, failures: number) =>
    queue.run(async () => {
      started.push(name);
      if (failures-- > 0) throw NO_RESPONSE;
      return name;
    }, never);
  const all = [task('a', 1), task('b', 0)];
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await Promise.all(all)).toEqual(['a', 'b']);
  expect(started).toEqual(['a', 'b', 'a']);
});

test('runs one task a second while all fail, and all tasks after a success', async () => {
  const queue = queueOf(4);
  let started = 0;
  let isAway = true;
  const all = Array.from({ length: 20 }, async () =>
    queue.run(async () => {
      started++;
      if (isAway) throw NO_RESPONSE;
    }, never),
  );
  await vi.advanceTimersByTimeAsync(10);
  const before = started;
  // The queue pauses after four failures. Other tasks start after the first of them.
  expect(before).toBeLessThan(8);
  expect(queue.failure).toBe(NO_RESPONSE);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(started).toBe(before + 3);
  isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(all);
  expect([started, queue.failure]).toEqual([before + 23, undefined]);
});

test('rejects with errors that are not temporary', async () => {
  const queue = queueOf(1);
  const broken = new Error('broken');
  await expect(queue.run(async () => Promise.reject(broken), never)).rejects.toBe(broken);
  expect(await queue.run(async () => 1, never)).toBe(1);
});

test('does not start aborted tasks, and continues with the next', async () => {
  const queue = queueOf(1);
  const abort = new AbortController();
  let respond: () => void = () => undefined;
  const first = queue.run(() => new Promise<void>((resolve) => (respond = resolve)), never);
  const second = queue.run(async () => expect.unreachable(), abort.signal);
  const third = queue.run(async () => 3, never);
  abort.abort('gone');
  respond();
  await first;
  await expect(second).rejects.toBe('gone');
  expect(await third).toBe(3);
});

test('rejects waiting tasks when it closes, and completes running tasks', async () => {
  const queue = queueOf(1);
  let respond: (value: number) => void = () => undefined;
  const first = queue.run(() => new Promise<number>((resolve) => (respond = resolve)), never);
  const second = queue.run(async () => 2, never);
  queue.close('closed');
  await expect(second).rejects.toBe('closed');
  await expect(queue.run(async () => 3, never)).rejects.toBe('closed');
  respond(1);
  expect(await first).toBe(1);
});

test('does not retry after it closes', async () => {
  const queue = queueOf(1);
  let started = 0;
  const waiting = queue.run(async () => {
    started++;
    throw NO_RESPONSE;
  }, never);
  waiting.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(10);
  queue.close('closed');
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(waiting).rejects.toBe('closed');
  expect(started).toBe(1);
});
