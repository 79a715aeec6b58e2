import {
  acrossFrom,
  CLTV_DELTA,
  largestMsat,
  routingFee,
  spendableMsat,
  type Channel,
} from './channel.ts';

/** One channel of a route, and what goes through it. */
export interface Hop {
  readonly channel: Channel;
  readonly from: bigint;
  readonly to: bigint;
  readonly amountMsat: bigint;
  /** Blocks that are left when it arrives. */
  readonly delay: number;
}

/** Who asks for a route, and what may be on it. */
export interface RouteWish {
  readonly from: bigint;
  readonly to: bigint;
  readonly amountMsat: bigint;
  readonly finalDelay: number;
  /** What a channel may carry from a node: by default what is spendable there. */
  readonly limit?: (channel: Channel, from: bigint) => bigint;
  readonly maximumHops?: number;
}

interface Reached {
  readonly node: bigint;
  readonly amountMsat: bigint;
  readonly hops: readonly Hop[];
}

/** What one payment may carry: no more than is there, nor than the channel allows. */
export const carriesMsat = (channel: Channel, from: bigint): bigint => {
  const spendable = spendableMsat(channel, from);
  const largest = largestMsat(channel);
  return spendable < largest ? spendable : largest;
};

/**
 * The cheapest route, found from its end, as fees depend on what is to arrive. Payments go one way
 * in one piece.
 */
export const findRoute = (channels: readonly Channel[], wish: RouteWish): Hop[] | undefined => {
  const limit = wish.limit ?? carriesMsat;
  const best = new Map<bigint, Reached>();
  const open: Reached[] = [{ node: wish.to, amountMsat: wish.amountMsat, hops: [] }];
  best.set(wish.to, { node: wish.to, amountMsat: wish.amountMsat, hops: [] });
  while (open.length > 0) {
    open.sort((a, b) => Number(a.amountMsat - b.amountMsat) || a.hops.length - b.hops.length);
    const reached = open.shift();
    if (reached === undefined) return undefined;
    if (reached.node === wish.from) return [...reached.hops];
    if (reached.hops.length >= (wish.maximumHops ?? 20)) continue;
    for (const channel of channels) {
      if (channel.opener !== reached.node && channel.other !== reached.node) continue;
      const from = acrossFrom(channel, reached.node);
      // What a node in between takes is part of what comes to it.
      const carried = reached.amountMsat;
      if (limit(channel, from) < carried) continue;
      const first = reached.hops[0];
      const hop: Hop = {
        channel,
        from,
        to: reached.node,
        amountMsat: carried,
        delay: first === undefined ? wish.finalDelay : first.delay + CLTV_DELTA,
      };
      const next: Reached = {
        node: from,
        amountMsat: from === wish.from ? carried : carried + routingFee(carried),
        hops: [hop, ...reached.hops],
      };
      const known = best.get(from);
      if (known !== undefined && known.amountMsat <= next.amountMsat) continue;
      best.set(from, next);
      open.push(next);
    }
  }
  return undefined;
};
