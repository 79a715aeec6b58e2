import { optional, u64 } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import { quote } from '../json/strings.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { isOurs, peerOf } from '../world/channel.ts';
import { type Htlc, stateName } from '../world/htlc-store.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';

type Parts = 'log' | 'peers' | 'world';

/** The limit of `setTimeout`. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Disconnects the peers without pending HTLCs, and waits until no peer is connected. */
export const graceful = defineCommand({
  name: 'graceful',
  parameters: { timeout: optional(u64) },
  async run({ timeout }, call: CallWith<Parts>): Promise<CommandResult> {
    const { node, signal } = call;
    node.log.log('unusual', 'JSON-RPC graceful: preventing more connections');
    const timer = new AbortController();
    const milliseconds = Number(timeout ?? 0n) * 1000;
    const running =
      timeout === undefined
        ? undefined
        : setTimeout(() => timer.abort(), Math.min(milliseconds, MAX_TIMER_MS));
    try {
      await idle(call, AbortSignal.any([signal, timer.signal]));
      return {};
    } catch (error) {
      if (!timer.signal.aborted) throw error;
      return pendingJson(node);
    } finally {
      clearTimeout(running);
    }
  },
});

/** Resolves when no HTLC is pending. Notifies the caller of the next HTLC that times out, when it changes. */
async function idle(call: CallWith<Parts>, signal: AbortSignal): Promise<void> {
  const { node } = call;
  const { waits, htlcs } = node.world;
  let last: string | undefined;
  for (;;) {
    const connected = connectedIds(node).length;
    disconnectIdlePeers(node);
    const [next] = pendingHtlcs(node.world);
    const peers = connected === 0 ? undefined : `${connected} peers still connected`;
    const message = next === undefined ? peers : progressOf(next, node.world);
    if (message !== undefined && message !== last) notify(call, message);
    if (next === undefined) return;
    last = message;
    await waits.next('htlcs', 'updated', htlcs.value('updated') + 1n, signal);
  }
}

/** The pending HTLCs of all channels, the next one to time out first. */
function pendingHtlcs({ channels, htlcs }: World): Htlc[] {
  return channels
    .living()
    .filter(isOurs)
    .flatMap(({ key }) => htlcs.pending(key))
    .toSorted((a, b) => Number(a.expiry - b.expiry));
}

/** lightningd's text of the progress. */
function progressOf(htlc: Htlc, { chain, channels, connections, nodes }: World): string {
  const { direction, expiry, scid } = htlc;
  const channel = channels.living().find((each) => each.scid === scid);
  const peer = channel === undefined ? '' : nodes.idOf(peerOf(channel));
  const blocks = Number(expiry) - chain.height;
  const when = blocks >= 0 ? `${blocks} blocks from now` : `${-blocks} blocks ago`;
  const way = direction === 'in' ? 'coming from' : 'going to';
  const connected = connections.has(peer) ? 'connected' : 'disconnected';
  return `Next HTLC ${stateName(htlc)} expires at block #${expiry} (${when}) ${way} peer ${peer} (${connected})`;
}

function notify({ connection, id, sendBeforeReply }: CallWith<Parts>, message: string): void {
  if (!connection.notifications) return;
  sendBeforeReply([
    `{"jsonrpc":"2.0","method":"message","params":{"id":${id},"level":"info","message":${quote(message)}}}\n\n`,
  ]);
}

function disconnectIdlePeers({ world, peers }: NodeWith<Parts>): void {
  const busy = new Set(
    world.channels
      .living()
      .filter((channel) => isOurs(channel) && channel.pendingMsat + channel.pendingInMsat > 0n)
      .map((channel) => world.nodes.idOf(peerOf(channel))),
  );
  for (const peer of world.connections.connected()) {
    if (!busy.has(peer.id)) world.connections.disconnect(peer);
  }
  for (const peer of peers.all()) {
    if (!busy.has(peer.id)) peer.close();
  }
}

function connectedIds({ world, peers }: NodeWith<Parts>): string[] {
  return [...world.connections.connected(), ...peers.all()].map(({ id }) => id);
}

function pendingJson(node: NodeWith<Parts>): CommandResult {
  const expiries = pendingHtlcs(node.world).map(({ expiry }) => expiry);
  const connected = connectedIds(node);
  return {
    pending_htlc_expiries: expiries.length === 0 ? undefined : expiries,
    pending_peers: connected.length === 0 ? undefined : connected,
  };
}
