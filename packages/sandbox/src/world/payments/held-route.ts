import type { ChannelStore } from '../channel-store.ts';
import { channelOfHint, type HintedChannel, hintOfChannel } from '../hinted-channels.ts';
import type { Hop } from '../routes.ts';

/** The key of the channel, the nodes, the amount, the delay, and what is known of a channel without a row. */
type StoredHop = readonly [string, string, string, string, number, HintedChannel?];

/** The text of a route in the database, for a payment that is pending across restarts. */
export function routeText(route: readonly Hop[]): string {
  return JSON.stringify(
    route.map(({ channel, from, to, amountMsat, delay }): StoredHop => {
      const hop = [
        String(channel.key),
        String(from),
        String(to),
        String(amountMsat),
        delay,
      ] as const;
      const hint = hintOfChannel(channel);
      return hint === undefined ? hop : [...hop, hint];
    }),
  );
}

/** The route with its channels as they are now. */
export function routeOfText(text: string, channels: ChannelStore): Hop[] {
  const hops = JSON.parse(text) as StoredHop[];
  return hops.map(([key, from, to, amountMsat, delay, hint]) => ({
    channel:
      hint === undefined
        ? channels.get(BigInt(key))
        : channelOfHint(BigInt(key), [BigInt(from), BigInt(to)], hint),
    from: BigInt(from),
    to: BigInt(to),
    amountMsat: BigInt(amountMsat),
    delay,
  }));
}
