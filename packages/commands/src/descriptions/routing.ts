import type { CategoryText } from '../description-types.ts';

const CHANNEL = 'The channel with its direction.';
const BIAS_DESCRIPTION = 'A note, which `askrene-listlayers` shows.';
const RELATIVE = 'Whether to add to the bias that is set.';

export const routing: CategoryText = {
  title: 'Routing',
  description: 'Finding routes, and layers of knowledge that change how routes are found.',
  commands: {
    getroutes: {
      summary: 'Finds the most promising routes for a payment, which it can split into parts.',
      description:
        'It does not send anything: pass the routes to `sendpay` or `injectpaymentonion`.',
      params: {
        source: 'The id of the node where the routes start.',
        destination: 'The id of the node where the routes end.',
        amount_msat: 'The amount that arrives, in msat.',
        layers:
          'The layers to apply, in order. `auto.localchans`, `auto.sourcefree` and `auto.include_fees` are built in.',
        maxfee_msat: 'The most that all parts can cost, in msat.',
        final_cltv: 'The number of blocks that must remain at the destination.',
        maxdelay: 'The most blocks that a part can be locked for.',
        maxparts: 'The most parts.',
      },
    },
    getroute: {
      summary: 'Finds one route with the older algorithm; use `getroutes` instead.',
      params: {
        id: 'The id of the node where the route ends.',
        amount_msat: 'The amount that arrives, in msat.',
        riskfactor: 'The yearly cost of locked funds, in percent. It weighs delay against fees.',
        cltv: 'The number of blocks that must remain at the destination.',
        fromid: 'The id of the node where the route starts.',
        fuzzpercent: 'By how many percent to vary fees at random.',
        exclude: 'Nodes and channels to avoid, as node ids and as channels with a direction.',
        maxhops: 'The most channels.',
      },
    },
    'askrene-listlayers': {
      summary: 'Lists layers with everything they contain.',
      params: { layer: 'The name of one layer. Default: all layers.' },
    },
    'askrene-create-layer': {
      summary: 'Creates a layer, to which you add channels, biases and other knowledge.',
      description: 'If the layer exists and both are persistent, nothing changes.',
      params: {
        layer: 'The name of the layer.',
        persistent: 'Whether the layer outlives a restart of the node.',
      },
    },
    'askrene-remove-layer': { summary: 'Removes a layer.' },
    'askrene-age': {
      summary: 'Removes old knowledge on capacities from a layer.',
      params: { cutoff: 'The time in seconds since 1970; older entries are removed.' },
    },
    'askrene-bias-channel': {
      summary: 'Makes a channel more or less attractive in a layer.',
      params: {
        short_channel_id_dir: CHANNEL,
        bias: 'From −100 to 100; positive numbers attract. 0 removes the bias.',
        description: BIAS_DESCRIPTION,
        relative: RELATIVE,
      },
    },
    'askrene-bias-node': {
      summary: 'Makes the channels of a node more or less attractive in a layer.',
      params: {
        node: 'The id of the node.',
        direction: '`in` for channels to the node, `out` for channels from it.',
        bias: 'From −100 to 100; positive numbers attract. 0 removes the bias.',
        description: BIAS_DESCRIPTION,
        relative: RELATIVE,
      },
    },
    'askrene-create-channel': {
      summary: 'Adds a channel to a layer that the public network does not have.',
      description:
        'Call `askrene-update-channel` for each direction next: without fees it is not used.',
      params: {
        source: 'The id of the node at one end.',
        destination: 'The id of the node at the other end.',
        short_channel_id: 'The short channel id, which can be invented.',
        capacity_msat: 'The capacity in msat.',
      },
    },
    'askrene-update-channel': {
      summary: 'Sets fees, limits or the state of one direction of a channel in a layer.',
      params: {
        short_channel_id_dir: CHANNEL,
        enabled: 'Whether the direction can be used.',
        htlc_minimum_msat: 'The least amount in msat.',
        htlc_maximum_msat: 'The largest amount in msat.',
        fee_base_msat: 'The fixed fee in msat.',
        fee_proportional_millionths: 'The variable fee in millionths of the amount.',
        cltv_expiry_delta: 'The number of blocks that the hop requires.',
      },
    },
    'askrene-remove-channel-update': {
      summary: 'Removes what `askrene-update-channel` has set for one direction of a channel.',
      params: { short_channel_id_dir: CHANNEL },
    },
    'askrene-disable-node': {
      summary: 'Excludes a node from all routes in a layer.',
      params: { node: 'The id of the node.' },
    },
    'askrene-inform-channel': {
      summary: 'Adds what a payment attempt revealed on the capacity of a channel to a layer.',
      params: {
        short_channel_id_dir: CHANNEL,
        amount_msat: 'The amount of the attempt in msat.',
        inform:
          '`constrained`: the amount failed here. `unconstrained`: it passed. `succeeded`: it arrived, which changes the balance.',
      },
    },
    'askrene-reserve': {
      summary:
        'Records that a payment along a route is in flight, so that other routes leave room for it.',
      params: { path: 'The hops, each with `short_channel_id_dir` and `amount_msat`.' },
    },
    'askrene-unreserve': {
      summary: 'Removes the record of a payment in flight.',
      params: { path: 'The hops, as for `askrene-reserve`.' },
    },
    'askrene-listreservations': {
      summary: 'Lists the payments in flight that routes leave room for.',
    },
  },
};
