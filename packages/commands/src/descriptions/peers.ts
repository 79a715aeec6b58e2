import type { CategoryText } from '../description-types.ts';

export const peers: CategoryText = {
  title: 'Peers',
  description: 'Connections and messages to other nodes.',
  commands: {
    connect: {
      summary: 'Connects to a node.',
      description:
        'If it is connected already, the command returns at once. Without a host, the node uses announced addresses.',
      params: {
        id: 'The id of the node, or `id@host:port`.',
        host: 'The host name or address.',
        port: 'The port. Default: that of the network, 9735 for mainnet.',
      },
    },
    disconnect: {
      summary: 'Disconnects from a node.',
      description: 'If the node has a channel, it reconnects soon.',
      params: {
        id: 'The id of the node.',
        force: 'Whether to disconnect although a channel is active.',
      },
    },
    listpeers: {
      summary: 'Lists nodes that are connected or share a channel.',
      description: '`listpeerchannels` lists their channels.',
      params: {
        id: 'The id of one node.',
        level: 'Adds the log of each peer, from this level on.',
      },
    },
    listnetworkevents: {
      summary: 'Lists connections, failed connections, disconnections and pings of peers.',
      description: 'Use it to judge how reliable a peer is. The node deletes events after 30 days.',
      params: { id: 'The id of the peer. Default: all peers.' },
    },
    delnetworkevent: {
      summary: 'Deletes a network event from the list.',
      params: { created_index: 'The `created_index` of the event.' },
    },
    ping: {
      summary: 'Sends a ping to a peer, and waits for the reply.',
      params: {
        id: 'The id of the peer.',
        len: 'The bytes of padding in the ping.',
        pongbytes: 'The bytes that the peer must send back; from 65532 on, it sends no reply.',
      },
    },
    sendcustommsg: {
      summary: 'Sends a custom message to a peer.',
      params: {
        node_id: 'The id of the peer.',
        msg: 'The message in hexadecimal, its type in the first two bytes. The type must be odd, and not one that the node uses.',
      },
    },
    injectonionmessage: {
      summary: 'Handles an onion message as if a peer had sent it to this node.',
      params: { path_key: 'The path key of the message.', message: 'The onion in hexadecimal.' },
    },
  },
};
