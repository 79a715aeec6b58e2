import type { ChannelStore } from '../channel-store.ts';
import type { Hop } from '../routes.ts';

/** The text of a route in the database, for a payment that is pending across restarts. */
export function routeText(route: readonly Hop[]): string {
  return JSON.stringify(
    route.map(({ channel, from, to, amountMsat, delay }) => [
      String(channel.key),
      String(from),
      String(to),
      String(amountMsat),
      delay,
    ]),
  );
}

/** The route with its channels as they are now. */
export function routeOfText(text: string, channels: ChannelStore): Hop[] {
  const hops = JSON.parse(text) as (readonly [string, string, string, string, number])[];
  return hops.map(([key, from, to, amountMsat, delay]) => ({
    channel: channels.get(BigInt(key)),
    from: BigInt(from),
    to: BigInt(to),
    amountMsat: BigInt(amountMsat),
    delay,
  }));
}
