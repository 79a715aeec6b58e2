import type { Channel } from '../channel.ts';
import { OURS } from '../nodes.ts';
import {
  carriesMsat,
  findRoute,
  type Hop,
  knownLimits,
  type RouteRequest,
  sideOf,
} from '../routes.ts';

/** lightningd's xpay uses more parts; some tens are enough for the channels of a sandbox. */
const MAX_PARTS = 32;
const SMALLEST_PART_MSAT = 1000n;

/** A part of an amount, and its route. */
interface RoutedPart {
  readonly amountMsat: bigint;
  readonly route: readonly Hop[];
}

/**
 * Splits an amount over several routes whose channels can carry it together. Each part is as large as a route can carry.
 *
 * @returns undefined if the channels cannot carry the amount
 */
export function splitOverRoutes(
  channels: readonly Channel[],
  request: RouteRequest,
): RoutedPart[] | undefined {
  const used = new Map<string, bigint>();
  // Like lightningd, the parts in a channel together respect its maximum.
  const limit = (channel: Channel, from: bigint): bigint => {
    const carries = carriesMsat(channel, from);
    const { maximumMsat } = knownLimits(channel, from);
    const learned = request.learned?.get(sideOf(channel, from)) ?? maximumMsat;
    const most = [carries, maximumMsat, learned].reduce((a, b) => (a < b ? a : b));
    return most - (used.get(sideOf(channel, from)) ?? 0n);
  };
  const parts: RoutedPart[] = [];
  let left = request.amountMsat;
  while (left > 0n && parts.length < MAX_PARTS) {
    const part = largestPart(channels, { ...request, amountMsat: left, limit });
    if (part === undefined) return undefined;
    for (const { channel, from, amountMsat } of part.route) {
      const side = sideOf(channel, from);
      used.set(side, (used.get(side) ?? 0n) + amountMsat);
    }
    parts.push(part);
    left -= part.amountMsat;
  }
  return left === 0n ? parts : undefined;
}

/**
 * The largest amount, up to the requested one, that one route can carry: found by halving the interval. The search ignores the
 * minimums of channels, which could exclude the middle of the interval.
 */
function largestPart(channels: readonly Channel[], request: RouteRequest): RoutedPart | undefined {
  const routeFor = (
    amountMsat: bigint,
    respects: RouteRequest['respects'] = 'both limits',
  ): Hop[] | undefined => {
    const route = findRoute(channels, { ...request, amountMsat, respects });
    return route?.[0]?.from === OURS ? route : undefined;
  };
  const whole = routeFor(request.amountMsat);
  if (whole !== undefined) return { amountMsat: request.amountMsat, route: whole };
  let [low, high] = [0n, request.amountMsat];
  while (high - low > SMALLEST_PART_MSAT) {
    const middle = (low + high) / 2n;
    if (routeFor(middle, 'the maximum') === undefined) high = middle;
    else low = middle;
  }
  const route = low === 0n ? undefined : routeFor(low);
  return route && { amountMsat: low, route };
}
