import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ClientReport, SLOW_MS, TimedCalls } from '../../fuzz/timed-calls.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('reports the time of each call, and a late one once, while it is pending', async () => {
  const reports: ClientReport[] = [];
  const calls = new TimedCalls([], (report) => reports.push(report));
  calls.start();
  await calls.time('quick', async () => undefined);
  await expect(calls.time('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reports).toEqual([{ kind: 'times', times: [0, 0] }]);
  let finish: () => void = () => undefined;
  const late = calls.time('late', () => new Promise<void>((resolve) => (finish = resolve)));
  await vi.advanceTimersByTimeAsync(SLOW_MS + 2_000);
  expect(reports.slice(1)).toEqual([{ kind: 'slow', what: 'late', ms: expect.any(Number) }]);
  finish();
  await late;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reports.at(-1)).toEqual({ kind: 'times', times: [SLOW_MS + 2_000] });
});
