import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats a question to another process until the answer is not undefined. Such a process sends no event. */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`nothing changed within ${deadlineMs} ms`);
    await sleep(200);
  }
}
