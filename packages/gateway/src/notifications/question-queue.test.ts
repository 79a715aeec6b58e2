import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { QuestionQueue } from './question-queue.ts';

const NO_ANSWER = new Error('no answer');
const never = new AbortController().signal;

const queueOf = (concurrency: number): QuestionQueue =>
  new QuestionQueue({ concurrency, retryMs: 1_000, isTemporary: (error) => error === NO_ANSWER });

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

test('so many questions are in flight at once, and the others follow in order', async () => {
  const queue = queueOf(3);
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const all = Array.from({ length: 6 }, async (_, i) =>
    queue.ask(async () => {
      asked.push(i);
      await new Promise<void>((resolve) => answers.push(resolve));
      return i;
    }, never),
  );
  expect(asked).toEqual([0, 1, 2]);
  answers[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([0, 1, 2, 3]);
  while (answers.length < 6 || asked.length < 6) {
    for (const answer of answers) answer();
    await vi.advanceTimersByTimeAsync(0);
  }
  for (const answer of answers) answer();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a question without an answer is repeated behind the others', async () => {
  const queue = queueOf(1);
  const asked: string[] = [];
  const question = (name: string, failures: number) =>
    queue.ask(async () => {
      asked.push(name);
      if (failures-- > 0) throw NO_ANSWER;
      return name;
    }, never);
  const all = [question('a', 1), question('b', 0)];
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await Promise.all(all)).toEqual(['a', 'b']);
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('without answers one question is asked each second, and all go on after one', async () => {
  const queue = queueOf(4);
  let asked = 0;
  let isAway = true;
  const all = Array.from({ length: 20 }, async () =>
    queue.ask(async () => {
      asked++;
      if (isAway) throw NO_ANSWER;
    }, never),
  );
  await vi.advanceTimersByTimeAsync(10);
  const before = asked;
  // Four failures stop it; others were asked after the first of them.
  expect(before).toBeLessThan(8);
  expect(queue.failure).toBe(NO_ANSWER);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(asked).toBe(before + 3);
  isAway = false;
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(all);
  expect([asked, queue.failure]).toEqual([before + 23, undefined]);
});

test('other errors are answers', async () => {
  const queue = queueOf(1);
  const broken = new Error('broken');
  await expect(queue.ask(async () => Promise.reject(broken), never)).rejects.toBe(broken);
  expect(await queue.ask(async () => 1, never)).toBe(1);
});

test('what is aborted is not asked, and does not stop the queue', async () => {
  const queue = queueOf(1);
  const abort = new AbortController();
  let answer: () => void = () => undefined;
  const first = queue.ask(() => new Promise<void>((resolve) => (answer = resolve)), never);
  const second = queue.ask(async () => expect.unreachable(), abort.signal);
  const third = queue.ask(async () => 3, never);
  abort.abort('gone');
  answer();
  await first;
  await expect(second).rejects.toBe('gone');
  expect(await third).toBe(3);
});

test('when it closes, what waits gets the reason, and what is in flight its answer', async () => {
  const queue = queueOf(1);
  let answer: (value: number) => void = () => undefined;
  const first = queue.ask(() => new Promise<number>((resolve) => (answer = resolve)), never);
  const second = queue.ask(async () => 2, never);
  queue.close('closed');
  await expect(second).rejects.toBe('closed');
  await expect(queue.ask(async () => 3, never)).rejects.toBe('closed');
  answer(1);
  expect(await first).toBe(1);
});

test('when it closes while the node is away, nothing is asked any more', async () => {
  const queue = queueOf(1);
  let asked = 0;
  const waiting = queue.ask(async () => {
    asked++;
    throw NO_ANSWER;
  }, never);
  waiting.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(10);
  queue.close('closed');
  await vi.advanceTimersByTimeAsync(10_000);
  await expect(waiting).rejects.toBe('closed');
  expect(asked).toBe(1);
});
