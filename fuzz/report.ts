import { megabytes, type Result } from './fuzzer.ts';
import type { Usage } from './subject.ts';

/** Formats the result of a run. */
export function report({ tally, before, after, ownDelay }: Result): string {
  const { seconds } = tally;
  const times = tally.times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.floor((times.length - 1) * share)] ?? Number.NaN).toFixed(1);
  return [
    `requests     ${tally.requests} in ${seconds.toFixed(1)} s (${(tally.requests / seconds).toFixed(0)}/s)`,
    `connections  ${tally.connections}, ${tally.unreachable} refused or never established`,
    `bytes        ${megabytes(tally.sent)} sent, ${megabytes(tally.received)} read`,
    `cases        ${listed(tally.kinds)}`,
    `items        ${listed(tally.items)}`,
    `statuses     ${listed(tally.statuses)}`,
    `well-behaved client  ${times.length} responses, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    `timer delay  at most ${ownDelay.toFixed(0)} ms in this process`,
    `slow responses not reproduced  ${tally.unconfirmed}`,
    `memory peak  ${megabytes(tally.peak)} more than after the warm-up, in one process`,
    ...usageLines('before', before),
    ...usageLines('after', after),
  ].join('\n');
}

function usageLines(when: string, usage: readonly Usage[]): string[] {
  return usage.map(
    ({ name, pid, memory, descriptors: { tcp, unix, other } }) =>
      `${when.padEnd(12)} ${name} (${pid}): ${megabytes(memory)}, descriptors: ${tcp} tcp, ${unix} unix, ${other} other`,
  );
}

function listed(counts: ReadonlyMap<string | number, number>): string {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, count]) => `${key}: ${count}`)
    .join(', ');
}
