import type { CategoryText } from '../description-types.ts';

const PEER = 'The id of the peer, which must be connected.';
const CHANNEL = 'The id of the channel.';
const ANNOUNCE = 'Whether to announce the channel to the network.';
const CLOSE_TO = 'The address to which a mutual close pays. Default: the wallet.';
const PUSH = 'The amount to give to the peer, in msat. It is a gift.';
const MINDEPTH =
  'The number of confirmations after which the channel can be used. 0 requires that the peer agrees.';
const RESERVE = 'The amount that the peer must keep in the channel, in satoshi.';
const CHANNEL_TYPE =
  'The feature bits of the channel type, such as `[12, 22]`. Default: the best that both nodes support.';
const REQUEST_AMT =
  'The amount in satoshi that the peer must add, for which this node pays a lease fee.';
const LEASE =
  "The peer's lease offer (`option_will_fund` of `listnodes`), to be sure that the rates are those.";

export const channels: CategoryText = {
  title: 'Channels',
  description: 'Opening, changing and closing channels.',
  commands: {
    fundchannel: {
      summary: 'Opens a channel with funds of the wallet.',
      description:
        'It connects to the peer if an address is known, and returns as soon as the funding transaction is sent.',
      params: {
        id: 'The id of the peer. `id@host:port` is allowed if the peer is not connected.',
        amount:
          'The capacity of the channel in satoshi, or `all` for all funds that are available.',
        announce: ANNOUNCE,
        push_msat: PUSH,
        close_to: CLOSE_TO,
        request_amt: REQUEST_AMT,
        compact_lease: LEASE,
        mindepth: MINDEPTH,
        reserve: RESERVE,
        channel_type: CHANNEL_TYPE,
      },
    },
    multifundchannel: {
      summary: 'Opens several channels with one transaction.',
      params: {
        destinations:
          'The channels to open, each with `id` and `amount` (satoshi or `all`), and optionally the parameters of `fundchannel`.',
        minchannels:
          'The least number of channels: if fewer peers agree, nothing is opened. Default: all of them.',
        commitment_feerate:
          'The fee rate of the commitment transactions. Default: the node decides.',
      },
    },
    fundchannel_start: {
      summary: 'Starts to open a channel whose funds come from elsewhere.',
      description:
        'Create a transaction that pays the amount to `funding_address`, and do not send it. Pass it to `fundchannel_complete`: funds sent before are lost.',
      params: {
        id: PEER,
        amount: 'The capacity of the channel in satoshi.',
        announce: ANNOUNCE,
        close_to: CLOSE_TO,
        push_msat: PUSH,
        mindepth: MINDEPTH,
        reserve: RESERVE,
        channel_type: CHANNEL_TYPE,
      },
    },
    fundchannel_complete: {
      summary: 'Secures the commitment of a channel whose funds come from elsewhere.',
      description: 'After it returns, send the transaction.',
      params: {
        id: PEER,
        psbt: 'The PSBT that pays to the funding address.',
        withhold: 'Whether the transaction is not sent yet. Send it later with `sendpsbt`.',
      },
    },
    fundchannel_cancel: {
      summary: 'Cancels the opening of a channel before its transaction is sent.',
      params: { id: PEER },
    },
    openchannel_init: {
      summary: 'Starts to open a channel that both nodes can fund.',
      description:
        'Call `openchannel_update` until the commitments are secured, then `openchannel_signed`.',
      params: {
        id: PEER,
        amount: "This node's part of the capacity in satoshi.",
        initialpsbt: 'The PSBT with inputs for the amount, as `fundpsbt` returns it.',
        commitment_feerate: 'The fee rate of the commitment transactions.',
        funding_feerate: 'The fee rate of the funding transaction.',
        announce: ANNOUNCE,
        close_to: CLOSE_TO,
        request_amt: REQUEST_AMT,
        compact_lease: LEASE,
        channel_type: CHANNEL_TYPE,
      },
    },
    openchannel_update: {
      summary:
        'Sends the next version of the transaction to the peer, and returns the peer’s additions.',
      description: 'Repeat it until `commitments_secured` is true.',
      params: { channel_id: CHANNEL },
    },
    openchannel_signed: {
      summary: 'Sends the signatures to the peer, then the transaction to the Bitcoin network.',
      params: {
        channel_id: CHANNEL,
        signed_psbt: "The PSBT with the signatures of this node's inputs.",
      },
    },
    openchannel_bump: {
      summary: 'Starts to raise the fee of a funding transaction that is not confirmed yet.',
      params: {
        channel_id: CHANNEL,
        amount: "This node's part of the capacity in satoshi.",
        initialpsbt:
          'The PSBT with inputs for the amount. One input of the former transaction must be in it.',
        funding_feerate: 'The new fee rate. Default: 1/64 more than the last one.',
      },
    },
    openchannel_abort: {
      summary: 'Aborts the opening of a channel that both nodes fund.',
      params: { channel_id: CHANNEL },
    },
    funderupdate: {
      summary: 'Shows or changes how this node contributes to channels that peers open.',
      description:
        'Without parameters it changes nothing. Changes last until the restart; use the options `funder-…` to keep them.',
      params: {
        policy:
          'How to choose the amount: `match` takes a percentage of the peer’s funds, `available` one of the wallet, `fixed` an amount.',
        policy_mod:
          'The percentage for `match` and `available`, or the amount in satoshi for `fixed`.',
        leases_only: 'Whether to contribute only to channels that pay a lease fee.',
        min_their_funding_msat: 'The least amount that the peer must contribute, in msat.',
        max_their_funding_msat: 'The most that the peer may contribute, in msat.',
        per_channel_min_msat: 'The least contribution to a channel, in msat.',
        per_channel_max_msat: 'The largest contribution to a channel, in msat.',
        reserve_tank_msat: 'The amount of the wallet to leave alone, in msat.',
        fuzz_percent: 'By how many percent to vary the contribution at random.',
        fund_probability: 'The percentage of channels to contribute to.',
        lease_fee_base_msat: 'The fixed part of the lease fee, in msat.',
        lease_fee_basis: 'The variable part of the lease fee, in 1/10,000 of the leased amount.',
        funding_weight: 'The transaction weight for which the lessee pays.',
        channel_fee_max_base_msat:
          'The largest fixed fee for forwards that this node promises, in msat.',
        channel_fee_max_proportional_thousandths:
          'The largest variable fee for forwards that this node promises, in 1/1000.',
      },
    },
    close: {
      summary: 'Closes a channel: with the peer if it answers, otherwise alone.',
      description:
        'Closing alone locks the funds for some time. The command waits for the peer; the closing goes on if the caller disconnects.',
      params: {
        id: 'The peer id, the channel id or the short channel id. A peer with several channels requires one of the latter two.',
        unilateraltimeout:
          'Seconds to wait for the peer before this node closes alone; 0 means for ever.',
        destination: 'The address for the funds. Default: the wallet.',
        fee_negotiation_step:
          'How far to move to the fee of the peer in each round, in satoshi or percent. Modern peers ignore it.',
        wrong_funding:
          'The outpoint that was funded by mistake, to refund it. Both nodes must support it.',
        force_lease_closed: 'Whether to close although the peer has leased funds in the channel.',
        feerange:
          'The least and largest fee rate to agree to. Default: `slow` and `unilateral_close`.',
      },
    },
    setchannel: {
      summary: 'Changes the fees and limits of a channel for payments that this node forwards.',
      params: {
        id: 'The peer id, the channel id, the short channel id, or `all`.',
        feebase: 'The fixed fee of each payment, in msat. Default: the option `fee-base`.',
        feeppm:
          'The variable fee in millionths of the amount. Default: the option `fee-per-satoshi`.',
        htlcmin: 'The least amount of a payment, in msat.',
        htlcmax: 'The largest amount of a payment, in msat.',
        enforcedelay: 'Seconds during which the old values are accepted, too. Default: 600.',
        ignorefeelimits: 'Whether the peer may choose any fee rate for commitment transactions.',
      },
    },
    listpeerchannels: {
      summary: 'Lists the channels of this node, with balances, limits and states.',
      params: {
        id: 'The id of the peer. Default: all peers.',
        short_channel_id: 'The short channel id or an alias of one channel.',
        channel_id: CHANNEL,
      },
    },
    listclosedchannels: {
      summary: 'Lists channels that are closed and settled.',
      params: { id: 'The id of the peer. Default: all peers.' },
    },
    splicein: {
      summary: 'Adds funds of the wallet to a channel without closing it.',
      params: {
        channel: 'The id of the channel or of its peer.',
        amount: 'The amount: satoshi, a text with a unit, or a percentage of the wallet.',
      },
    },
    spliceout: {
      summary: 'Moves funds out of a channel without closing it.',
      params: {
        channel: 'The id of the channel or of its peer.',
        amount: 'The amount: satoshi, a text with a unit, or a percentage of the channel.',
        destination: '`wallet`, an address, or another channel. Default: `wallet`.',
      },
    },
    splice_init: {
      summary: 'Starts a splice of a channel.',
      description: 'Call `splice_update` until the commitments are secured, then `splice_signed`.',
      params: {
        channel_id: CHANNEL,
        relative_amount: 'The change of the capacity in satoshi; negative to take funds out.',
        initialpsbt: 'The PSBT to start with. Default: an empty one.',
        feerate_per_kw: 'The fee rate in satoshi per 1000 units of weight.',
      },
    },
    splice_update: {
      summary:
        'Sends the next version of the splice transaction to the peer, and returns the peer’s additions.',
      description: 'Repeat it until `commitments_secured` is true.',
      params: { channel_id: CHANNEL },
    },
    splice_signed: {
      summary:
        'Sends the signatures of a splice to the peer, then the transaction to the Bitcoin network.',
      params: {
        channel_id: 'The id of the channel. Default: the one that the PSBT names.',
        psbt: "The PSBT with the signatures of this node's inputs.",
        sign_first: 'Whether this node sends its signature for the channel first.',
      },
    },
  },
};
