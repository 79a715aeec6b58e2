import { FEATURES } from '../features.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { addressJson } from '../peers/peer-listener.ts';
import { VERSION } from '../version.ts';
import { isOurs, type ChannelState } from '../world/channel.ts';
import { defineCommand } from './command.ts';

export const getinfo = defineCommand({
  name: 'getinfo',
  parameters: {},
  run: (_, { node }: CallWith<'configuration' | 'identity' | 'peers' | 'world'>) =>
    information(node),
});

function information(
  node: NodeWith<'configuration' | 'identity' | 'peers' | 'world'>,
): CommandResult {
  const { world } = node;
  const channels = world.channels.living().filter(isOurs);
  const peers = world.nodes.all().filter((peer) => {
    return world.connections.has(peer.id) || world.channelsWith(peer).length > 0;
  });
  const others = node.peers.all().filter(({ id }) => world.nodes.byId(id) === undefined);
  const count = (states: readonly ChannelState[]): number =>
    channels.filter(({ state }) => states.includes(state)).length;
  const pending = count(['CHANNELD_AWAITING_LOCKIN']);
  const active = count(['CHANNELD_NORMAL']);
  return {
    id: node.identity.id,
    alias: node.identity.alias,
    color: node.identity.color,
    num_peers: peers.length + others.length,
    num_pending_channels: pending,
    num_active_channels: active,
    num_inactive_channels: channels.length - pending - active,
    address: [],
    // lightningd omits WebSockets here (observed on v26.06.6).
    binding: node.peers.bound.filter(({ kind }) => kind === 'tcp').map(addressJson),
    version: VERSION,
    blockheight: world.chain.height,
    network: node.identity.network.name,
    fees_collected_msat: world.forwards.collectedMsat,
    'lightning-dir': node.configuration.directory.network,
    our_features: {
      init: FEATURES.init,
      node: FEATURES.node,
      channel: FEATURES.channel,
      invoice: FEATURES.invoice,
    },
  };
}
