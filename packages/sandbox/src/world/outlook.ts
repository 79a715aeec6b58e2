import { largestMsat, spendableMsat, directionFrom, type Channel } from './channel.ts';
import { OURS, type WorldNodes } from './nodes.ts';
import { carriesMsat, findRoute, type RouteWish } from './routes.ts';

/** Why no route was found, in the words of lightningd's path finder. */
export const whyNoRoute = (
  channels: readonly Channel[],
  mine: { readonly all: readonly Channel[]; readonly usable: readonly Channel[] },
  wish: RouteWish,
  nodes: WorldNodes,
): string => {
  const start = 'We could not find a usable set of paths.';
  if (mine.all.length > 0 && mine.usable.length === 0) {
    return `${start} All ${mine.all.length} channels to the source are disabled.`;
  }
  const capacity = mine.usable.reduce((sum, { capacitySat }) => sum + capacitySat * 1000n, 0n);
  if (capacity < wish.amountMsat) {
    return `${start} Total source capacity is only ${capacity}msat (in ${mine.usable.length} channels).`;
  }
  const shortest = findRoute(channels, { ...wish, amountMsat: 0n, limit: () => 1n << 62n });
  if (shortest === undefined) {
    return 'There is no connection between source and destination at all';
  }
  const path = shortest.map(({ channel }) => channel.scid).join('->');
  const narrow = shortest.find(({ channel, from }) => carriesMsat(channel, from) < wish.amountMsat);
  const blamed = narrow ?? shortest.at(-1);
  if (blamed === undefined) return start;
  const { channel, from, to } = blamed;
  const way = `${channel.scid}/${directionFrom(nodes.idOf(from), nodes.idOf(to))}`;
  return `${start} The shortest path is ${path}, but ${way} ${whyNot(channel, from, narrow !== undefined)}`;
};

const whyNot = (channel: Channel, from: bigint, isNarrow: boolean): string => {
  // It was tried, and failed.
  if (!isNarrow) return 'marked disabled by layer xpay.';
  return from === OURS
    ? `layer auto.localchans says max is ${spendableMsat(channel, from)}msat`
    : `exceeds htlc_maximum_msat ~${largestMsat(channel)}msat`;
};
