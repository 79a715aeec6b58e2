import { largestMsat, spendableMsat, directionFrom, type Channel } from './channel.ts';
import { OURS, type WorldNodes } from './nodes.ts';
import { carriesMsat, findRoute, type RouteRequest } from './routes.ts';

/** The error text of lightningd's path finder for a route that does not exist. */
export function noRouteReason(
  channels: readonly Channel[],
  mine: { readonly all: readonly Channel[]; readonly usable: readonly Channel[] },
  request: RouteRequest,
  nodes: WorldNodes,
): string {
  const start = 'We could not find a usable set of paths.';
  if (mine.all.length > 0 && mine.usable.length === 0) {
    return `${start} All ${mine.all.length} channels to the source are disabled.`;
  }
  const capacity = mine.usable.reduce((sum, { capacitySat }) => sum + capacitySat * 1000n, 0n);
  if (capacity < request.amountMsat) {
    return `${start} Total source capacity is only ${capacity}msat (in ${mine.usable.length} channels).`;
  }
  const shortest = findRoute(channels, { ...request, amountMsat: 0n, limit: () => 1n << 62n });
  if (shortest === undefined) {
    return 'There is no connection between source and destination at all';
  }
  const path = shortest.map(({ channel }) => channel.scid).join('->');
  const bottleneck = shortest.find(
    ({ channel, from }) => carriesMsat(channel, from) < request.amountMsat,
  );
  const blamed = bottleneck ?? shortest.at(-1);
  if (blamed === undefined) return start;
  const { channel, from, to } = blamed;
  const way = `${channel.scid}/${directionFrom(nodes.idOf(from), nodes.idOf(to))}`;
  return `${start} The shortest path is ${path}, but ${way} ${rejectionReason(channel, from, bottleneck !== undefined)}`;
}

function rejectionReason(channel: Channel, from: bigint, isBottleneck: boolean): string {
  // The payment was attempted on this channel and failed.
  if (!isBottleneck) return 'marked disabled by layer xpay.';
  return from === OURS
    ? `layer auto.localchans says max is ${spendableMsat(channel, from)}msat`
    : `exceeds htlc_maximum_msat ~${largestMsat(channel)}msat`;
}
