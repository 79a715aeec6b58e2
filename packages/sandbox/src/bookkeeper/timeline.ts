import type { ChainEvent, ChannelEvent, OnchainFee } from './events.ts';

/** Events, of which each kind is in the order of time. */
export interface TimedEvents {
  readonly chain: readonly ChainEvent[];
  readonly channel: readonly ChannelEvent[];
  readonly fees: readonly OnchainFee[];
}

interface Conversions<T> {
  readonly chain: (event: ChainEvent) => readonly T[];
  readonly channel: (event: ChannelEvent) => readonly T[];
  readonly fee: (fee: OnchainFee) => readonly T[];
}

/**
 * Converts the events by merging the three lists: at the same time, those of the chain are first, and fees last. Like
 * lightningd, it takes the first of each list as the earliest, also if consolidated fees are in another order.
 */
export function inTimeOrder<T>(events: TimedEvents, convert: Conversions<T>): T[] {
  const lists = [
    events.chain.map((event) => ({ at: event.timestamp, values: convert.chain(event) })),
    events.channel.map((event) => ({ at: event.timestamp, values: convert.channel(event) })),
    events.fees.map((fee) => ({ at: fee.timestamp, values: convert.fee(fee) })),
  ];
  const positions = lists.map(() => 0);
  const merged: T[] = [];
  for (;;) {
    let earliest: { list: number; at: bigint; values: readonly T[] } | undefined;
    for (const [list, entries] of lists.entries()) {
      const entry = entries[positions[list] ?? 0];
      if (entry === undefined || (earliest !== undefined && entry.at >= earliest.at)) continue;
      earliest = { list, ...entry };
    }
    if (earliest === undefined) return merged;
    positions[earliest.list] = (positions[earliest.list] ?? 0) + 1;
    merged.push(...earliest.values);
  }
}
