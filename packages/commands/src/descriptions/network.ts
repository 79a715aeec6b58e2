import type { CategoryText } from '../description-types.ts';

export const network: CategoryText = {
  title: 'Network',
  description: 'The public nodes and channels that this node knows.',
  commands: {
    listnodes: {
      summary: 'Lists the nodes of the public network that this node knows.',
      description: 'A node without an announcement has only its id.',
      params: { id: 'The id of one node.' },
    },
    listchannels: {
      summary:
        'Lists the channels of the public network that this node knows, one entry per direction.',
      description:
        'Without a parameter the result can be very large. `listpeerchannels` lists the channels of this node.',
      params: {
        short_channel_id: 'One channel.',
        source: 'The node at the start of the channels.',
        destination: 'The node at the end of the channels.',
      },
    },
    addgossip: {
      summary: 'Adds a gossip message to the knowledge of this node, as if a peer had sent it.',
      params: { message: 'The message in hexadecimal: an announcement or an update.' },
    },
  },
};
