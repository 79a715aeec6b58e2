import {
  announcedPolicy,
  otherEnd,
  CLTV_DELTA,
  largestMsat,
  limitsOf,
  type Limits,
  routingFee,
  spendableMsat,
  type Channel,
} from './channel.ts';

/** One channel of a route, and the amount that it carries. */
export interface Hop {
  readonly channel: Channel;
  readonly from: bigint;
  readonly to: bigint;
  readonly amountMsat: bigint;
  /** The CLTV delta from this hop to the end, in blocks. */
  readonly delay: number;
}

/** The largest payments that directions of channels can carry, by {@link sideOf}; -1 for none. */
export type LearnedLimits = ReadonlyMap<string, bigint>;

/** The direction of a channel from a node. */
export function sideOf({ key }: Channel, from: bigint): string {
  return `${key}/${from}`;
}

/** The constraints of a route. */
export interface RouteRequest {
  readonly from: bigint;
  readonly to: bigint;
  readonly amountMsat: bigint;
  readonly finalDelay: number;
  /** The limit of a channel from a node. Default: {@link carriesMsat}. */
  readonly limit?: (channel: Channel, from: bigint) => bigint;
  /** The limits of payments that the route respects. Default: both */
  readonly respects?: 'both limits' | 'the maximum' | 'no limit';
  /** What earlier attempts have shown. */
  readonly learned?: LearnedLimits | undefined;
  readonly maximumHops?: number;
}

interface Reached {
  readonly node: bigint;
  readonly amountMsat: bigint;
  readonly hops: readonly Hop[];
}

/** The largest payment that a node can send through a channel: limited by its balance and the channel. */
export function carriesMsat(channel: Channel, from: bigint): bigint {
  const spendable = spendableMsat(channel, from);
  const largest = largestMsat(channel);
  return spendable < largest ? spendable : largest;
}

/**
 * The limits of a direction as lightningd's path finder knows them: it keeps 11 bits, and rounds so that no payment is excluded
 * that is possible.
 */
export function knownLimits(channel: Channel, from: bigint): Limits {
  const { minimumMsat, maximumMsat } = limitsOf(channel, announcedPolicy(channel, from));
  return { minimumMsat: rounded(minimumMsat, 'down'), maximumMsat: rounded(maximumMsat, 'up') };
}

/** As lightningd's `u64_to_fp16`. */
function rounded(value: bigint, way: 'up' | 'down'): bigint {
  const shift = BigInt(Math.max(0, value.toString(2).length - 11));
  const down = (value >> shift) << shift;
  return way === 'down' || down === value ? down : down + (1n << shift);
}

function isWithinLimits(
  channel: Channel,
  from: bigint,
  amountMsat: bigint,
  { respects = 'both limits', learned }: RouteRequest,
): boolean {
  if (respects === 'no limit') return true;
  const most = learned?.get(sideOf(channel, from));
  if (most !== undefined && amountMsat > most) return false;
  const { minimumMsat, maximumMsat } = knownLimits(channel, from);
  return amountMsat <= maximumMsat && (respects === 'the maximum' || amountMsat >= minimumMsat);
}

/**
 * Finds the cheapest route. The search starts at the end, because fees depend on the amount that
 * arrives. Payments are not split.
 */
export function findRoute(channels: readonly Channel[], request: RouteRequest): Hop[] | undefined {
  const limit = request.limit ?? carriesMsat;
  const best = new Map<bigint, Reached>();
  const open: Reached[] = [{ node: request.to, amountMsat: request.amountMsat, hops: [] }];
  best.set(request.to, { node: request.to, amountMsat: request.amountMsat, hops: [] });
  while (open.length > 0) {
    open.sort((a, b) => Number(a.amountMsat - b.amountMsat) || a.hops.length - b.hops.length);
    const reached = open.shift();
    if (reached === undefined) return undefined;
    if (reached.node === request.from) return [...reached.hops];
    if (reached.hops.length >= (request.maximumHops ?? 20)) continue;
    for (const channel of channels) {
      if (channel.opener !== reached.node && channel.other !== reached.node) continue;
      const from = otherEnd(channel, reached.node);
      // The amount that arrives at a forwarding node includes its fee.
      const carried = reached.amountMsat;
      if (limit(channel, from) < carried) continue;
      if (!isWithinLimits(channel, from, carried, request)) continue;
      const first = reached.hops[0];
      const hop: Hop = {
        channel,
        from,
        to: reached.node,
        amountMsat: carried,
        delay: first === undefined ? request.finalDelay : first.delay + CLTV_DELTA,
      };
      const next: Reached = {
        node: from,
        amountMsat:
          from === request.from
            ? carried
            : carried + routingFee(carried, announcedPolicy(channel, from)),
        hops: [hop, ...reached.hops],
      };
      const known = best.get(from);
      if (known !== undefined && known.amountMsat <= next.amountMsat) continue;
      best.set(from, next);
      open.push(next);
    }
  }
  return undefined;
}
