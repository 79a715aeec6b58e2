import { optional, u64 } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { isOurs, peerOf } from '../world/channel.ts';
import { defineCommand } from './command.ts';

type Parts = 'log' | 'peers' | 'world';

/** The limit of `setTimeout`. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Disconnects the peers without pending payments, and waits until all have none. */
export const graceful = defineCommand({
  name: 'graceful',
  parameters: { timeout: optional(u64) },
  async run({ timeout }, { node, signal }: CallWith<Parts>): Promise<CommandResult> {
    node.log.log('unusual', 'JSON-RPC graceful: preventing more connections');
    const timer = new AbortController();
    const milliseconds = Number(timeout ?? 0n) * 1000;
    const running =
      timeout === undefined
        ? undefined
        : setTimeout(() => timer.abort(), Math.min(milliseconds, MAX_TIMER_MS));
    try {
      await idle(node, AbortSignal.any([signal, timer.signal]));
      return {};
    } catch (error) {
      if (!timer.signal.aborted) throw error;
      return pendingJson(node);
    } finally {
      clearTimeout(running);
    }
  },
});

async function idle(node: NodeWith<Parts>, signal: AbortSignal): Promise<void> {
  const { waits, paymentStore } = node.world;
  for (;;) {
    disconnectIdlePeers(node);
    if (paymentStore.pending().length === 0) return;
    const updated = waits.value('sendpays', 'updated');
    await waits.next('sendpays', 'updated', updated + 1n, signal);
  }
}

function disconnectIdlePeers({ world, peers }: NodeWith<Parts>): void {
  const busy = new Set(
    world.channels
      .living()
      .filter((channel) => isOurs(channel) && channel.pendingMsat > 0n)
      .map((channel) => world.nodes.idOf(peerOf(channel))),
  );
  for (const peer of world.connections.connected()) {
    if (!busy.has(peer.id)) world.connections.disconnect(peer);
  }
  for (const peer of peers.all()) {
    if (!busy.has(peer.id)) peer.close();
  }
}

function pendingJson({ world }: NodeWith<Parts>): CommandResult {
  const expiries = world.paymentStore
    .pending()
    .flatMap(({ htlc }) => htlc?.expiry ?? [])
    .toSorted((a, b) => a - b);
  const connected = world.connections.connected().map(({ id }) => id);
  return {
    pending_htlc_expiries: expiries.length === 0 ? undefined : expiries,
    pending_peers: connected.length === 0 ? undefined : connected,
  };
}
