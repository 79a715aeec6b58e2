import type { AnyCase, Outcome } from './subject.ts';

/** Counts requests, responses, bytes and times. */
export class Tally {
  requests = 0;
  connections = 0;
  unreachable = 0;
  sent = 0;
  received = 0;
  /** The largest growth of a plugin process since the warm-up, in bytes. */
  peak = 0;
  seconds = 0;
  /** Slow responses that few connections did not reproduce. */
  unconfirmed = 0;
  /** Response times of the well-behaved client, in milliseconds. */
  readonly times: number[] = [];
  readonly kinds = new Map<string, number>();
  readonly items = new Map<string, number>();
  readonly statuses = new Map<number, number>();

  add({ kind, items }: AnyCase, outcome: Outcome): void {
    this.connections++;
    this.requests += items.filter(({ frames }) => frames === undefined).length;
    if (outcome.isUnreachable) this.unreachable++;
    this.sent += outcome.sent;
    this.received += outcome.received;
    count(this.kinds, kind);
    for (const item of items) count(this.items, item.kind);
    for (const status of outcome.statuses) count(this.statuses, status);
  }
}

function count<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
