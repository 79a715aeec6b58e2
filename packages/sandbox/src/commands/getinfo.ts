import { FEATURES } from '../features.ts';
import { VERSION } from '../version.ts';
import { defineCommand } from './command.ts';

/** The chain that there is not has this many blocks: enough for regtest's first coins to be spent. */
const BLOCK_HEIGHT = 101;

export const getinfo = defineCommand({
  name: 'getinfo',
  parameters: {},
  run: (_, { node }) => ({
    id: node.keys.id,
    alias: node.alias,
    color: node.color,
    num_peers: 0,
    num_pending_channels: 0,
    num_active_channels: 0,
    num_inactive_channels: 0,
    address: [],
    binding: [],
    version: VERSION,
    blockheight: BLOCK_HEIGHT,
    network: node.network.name,
    fees_collected_msat: 0,
    'lightning-dir': node.directory.network,
    our_features: {
      init: FEATURES.init,
      node: FEATURES.node,
      channel: FEATURES.channel,
      invoice: FEATURES.invoice,
    },
  }),
});
