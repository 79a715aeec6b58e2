import type { Usage } from '../fuzz/subject.ts';
import type { EventSubscriber } from './event-subscriber.ts';
import type { Disturbance, Ledger } from './ledger.ts';
import type { SocketSubscriber } from './socket-subscriber.ts';

/** The result of a soak test. */
export interface Outcome {
  readonly seconds: number;
  readonly ledger: Ledger;
  readonly events: readonly EventSubscriber[];
  readonly sockets: readonly SocketSubscriber[];
  readonly times: readonly number[];
  readonly before: readonly Usage[];
  readonly after: readonly Usage[];
}

/** Formats the result of a soak test. */
export function report(outcome: Outcome): string {
  const { seconds, ledger, events, sockets, times, before, after } = outcome;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
  return [
    `${(seconds / 60).toFixed(1)} minutes, ${ledger.created.length} numbered invoices`,
    ...ledger.counts.map(([what, count]) => `${what}: ${count}`),
    `REST: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    ...downtimes(ledger.disturbances),
    ...events.map(
      ({ name, received, connections, missed }) =>
        `${name}: ${received} received over ${connections} connections, missed reported ${missed} times`,
    ),
    ...sockets.map(
      ({ name, received, connections }) =>
        `${name}: ${received} received over ${connections} connections`,
    ),
    ...usageLines('before', before),
    ...usageLines('after', after),
    ledger.violations.length === 0
      ? 'OK: every notification and call accounted for'
      : 'VIOLATIONS:',
    ...ledger.violations,
  ].join('\n');
}

/** Returns the longest downtime for each kind of disturbance. */
function downtimes(disturbances: readonly Disturbance[]): string[] {
  return (['plugin restart', 'HTTP process killed'] as const).flatMap((kind) => {
    const times = disturbances
      .filter((each) => each.kind === kind)
      .map(({ from, to }) => to - from);
    if (times.length === 0) return [];
    return `${kind}: serves again after at most ${Math.max(...times).toFixed(0)} ms`;
  });
}

function usageLines(when: string, usage: readonly Usage[]): string[] {
  return usage.map(
    ({ name, pid, memory, descriptors: { tcp, unix, other } }) =>
      `${when} ${name} (${pid}): ${(memory / 1e6).toFixed(1)} MB, descriptors: ${tcp} tcp, ${unix} unix, ${other} other`,
  );
}
