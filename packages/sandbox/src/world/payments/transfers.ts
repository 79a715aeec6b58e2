import { isOurs } from '../channel.ts';
import type { ChannelStore } from '../channel-store.ts';
import { isHinted } from '../hinted-channels.ts';
import { OURS } from '../nodes.ts';
import type { Hop } from '../routes.ts';

/** Moves the amount of each hop, and counts the HTLCs in our channels as fulfilled. */
export function transfer(channels: ChannelStore, route: readonly Hop[]): void {
  for (const { channel, from, amountMsat } of route) {
    if (isHinted(channel)) continue;
    channels.move(channel, from, amountMsat);
    if (isOurs(channel)) channels.fulfilled(channel, from === OURS ? 'out' : 'in', amountMsat);
  }
}

/** Adds the HTLCs that a payment offers in our channels. @param height - of the chain */
export function offer(
  channels: ChannelStore,
  route: readonly Hop[],
  paymentHash: Buffer,
  height: number,
): void {
  for (const { channel, from, amountMsat, delay } of route) {
    if (!isOurs(channel)) continue;
    const expiry = height + delay;
    channels.offered(channel, from === OURS ? 'out' : 'in', { amountMsat, expiry, paymentHash });
  }
}
