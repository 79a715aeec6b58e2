import type { CategoryText } from '../description-types.ts';

const LABEL = 'Your name for the payment, which only this node sees.';
const INVSTRING_AMOUNT = 'The amount in msat. Required if the invoice has none, else not allowed.';
const PAYMENT_HASH = 'The hash of the payment.';
const GROUP = 'The number of the attempt, if one payment hash has several.';
const PART = 'The number of the part, if the payment has several. Default: 0.';
const EXCLUDE = 'Nodes and channels to avoid, as node ids and as channels with a direction.';
const MAXDELAY = 'The most blocks that the payment can be locked for.';

export const payments: CategoryText = {
  title: 'Payments',
  description: 'Payments of this node, and payments that it forwards.',
  commands: {
    xpay: {
      summary: 'Pays an invoice, an offer or a BIP 353 name.',
      description:
        'It splits the amount and tries other routes until it succeeds or `retry_for` is over. A second call for a paid invoice returns the first result and pays nothing.',
      params: {
        invstring:
          'A BOLT 11 or BOLT 12 invoice, a BOLT 12 offer that does not recur, or a BIP 353 name.',
        amount_msat: INVSTRING_AMOUNT,
        maxfee:
          'The most that fees can cost, in msat. Default: 5000 msat or 1% of the amount, whichever is greater.',
        partial_msat:
          'The part of the amount that this node pays, in msat, if others pay the rest at the same time.',
        payer_note: 'A note for the receiver. Only offers and names support it.',
        label: LABEL,
        localinvreqid: 'The id of your invoice request that this payment fulfils.',
        maxdelay: MAXDELAY,
      },
    },
    pay: {
      summary: 'Pays an invoice with the older algorithm; use `xpay` instead.',
      params: {
        bolt11: 'The BOLT 11 or BOLT 12 invoice.',
        amount_msat: INVSTRING_AMOUNT,
        label: LABEL,
        riskfactor: 'The yearly cost of locked funds, in percent. It weighs delay against fees.',
        maxfeepercent: 'The most that fees can cost, in percent of the amount.',
        retry_for: 'Seconds to retry before the payment fails.',
        maxdelay: MAXDELAY,
        exemptfee: 'The fee in msat that is allowed even if it exceeds `maxfeepercent`.',
        localinvreqid: 'The id of your invoice request that this payment fulfils.',
        exclude: EXCLUDE,
        maxfee: 'The most that fees can cost, in msat, instead of `maxfeepercent` and `exemptfee`.',
        description: 'The description of an invoice that contains only its hash.',
        partial_msat:
          'The part of the amount that this node pays, in msat, if others pay the rest at the same time.',
      },
    },
    sendamount: {
      summary: 'Spends a fixed amount on a payment: the receiver gets what remains after fees.',
      description: 'Use it to empty a channel or to forward a budget.',
      params: {
        invstring: 'An invoice or an offer without an amount, or a BIP 353 name.',
        amount_msat: 'What this node spends, fees included, in msat.',
        maxfee:
          'The most of it that fees can cost, in msat. Default: 50% below 10 sat, 5 sat up to 500 sat, else 1%.',
        payer_note: 'A note for the receiver. Only offers and names support it.',
        maxdelay: MAXDELAY,
        label: LABEL,
      },
    },
    keysend: {
      summary: 'Pays a node without an invoice, with the older algorithm; use `xkeysend` instead.',
      params: {
        destination: 'The id of the node to pay.',
        amount_msat: 'The amount in msat.',
        label: LABEL,
        maxfeepercent: 'The most that fees can cost, in percent of the amount.',
        retry_for: 'Seconds to retry before the payment fails.',
        maxdelay: MAXDELAY,
        exemptfee: 'The fee in msat that is allowed even if it exceeds `maxfeepercent`.',
        routehints:
          'Routes to the destination through unannounced channels, each an array of hops.',
        extratlvs:
          'TLV records for the receiver: an object from type numbers to hexadecimal values.',
        maxfee: 'The most that fees can cost, in msat.',
      },
    },
    xkeysend: {
      summary: 'Pays a node without an invoice.',
      description: 'The payer chooses the preimage, so it does not prove the payment.',
      params: {
        destination: 'The id of the node to pay.',
        amount_msat: 'The amount in msat.',
        label: LABEL,
        extratlvs:
          'TLV records for the receiver: an object from type numbers to hexadecimal values.',
        maxdelay: MAXDELAY,
      },
    },
    renepay: {
      summary: 'Pays an invoice with an experimental algorithm; use `xpay` instead.',
      params: {
        invstring: 'The BOLT 11 or BOLT 12 invoice.',
        amount_msat: INVSTRING_AMOUNT,
        maxdelay: MAXDELAY,
        retry_for: 'Seconds to retry before the payment fails.',
        description: 'The description of an invoice that contains only its hash.',
        label: LABEL,
        exclude: EXCLUDE,
      },
    },
    renepaystatus: {
      summary: 'Shows the status of payments that `renepay` made.',
      params: { invstring: 'The invoice. Default: all payments.' },
    },
    sendpay: {
      summary: 'Sends one part of a payment along a route.',
      description:
        'It returns as soon as the first peer has the HTLC. Call `waitsendpay` for the outcome. Applications should use `xpay`.',
      params: {
        route:
          'The hops, each with `id`, `channel`, `amount_msat` and `delay`, as `getroute` returns them.',
        payment_hash: PAYMENT_HASH,
        label: LABEL,
        amount_msat: 'The amount of the whole payment in msat. Required for several parts.',
        bolt11: 'The invoice, which the node stores with the payment.',
        payment_secret: 'The payment secret of the invoice. Most receivers require it.',
        partid: 'A number that is unique for each part of the payment. Default: 0.',
        localinvreqid: 'The id of your invoice request that this payment fulfils.',
        groupid: 'The number of the attempt: all its parts share it. Default: a new one.',
        payment_metadata: 'The metadata of the invoice, in hexadecimal.',
        description: 'The description of an invoice that contains only its hash.',
      },
    },
    sendonion: {
      summary: 'Sends one part of a payment with an onion from elsewhere.',
      params: {
        onion: 'The onion, as `createonion` returns it.',
        first_hop: 'The peer or channel that gets the onion, with `amount_msat` and `delay`.',
        payment_hash: PAYMENT_HASH,
        label: LABEL,
        shared_secrets:
          'The secrets of the hops, with which the node reads errors. Without them it cannot.',
        partid: PART,
        bolt11: 'The invoice, which the node stores with the payment.',
        amount_msat: 'The amount that the destination gets, in msat, for the list of payments.',
        destination: 'The id of the destination, for the list of payments.',
        localinvreqid: 'The id of your invoice request that this payment fulfils.',
        groupid: 'The number of the attempt: all its parts share it.',
        description: 'The description of an invoice that contains only its hash.',
        total_amount_msat: 'The amount of the whole payment in msat, if it has several parts.',
      },
    },
    waitsendpay: {
      summary: 'Waits until one part of a payment succeeds or fails.',
      description:
        'A failure is an error whose `data` shows where the payment failed. A timeout (code 200) does not end the payment.',
      params: {
        payment_hash: PAYMENT_HASH,
        timeout: 'Seconds to wait. Default: no limit.',
        partid: PART,
        groupid: GROUP,
      },
    },
    createonion: {
      summary: 'Creates an onion for a route.',
      params: {
        hops: 'The hops, each with a `pubkey` and its `payload` in hexadecimal.',
        assocdata: 'Bytes that the onion commits to: the payment hash for a payment.',
        session_key: 'The session key, 32 bytes in hexadecimal. Default: random.',
        onion_size: 'The size of the onion in bytes. Default: 1300.',
      },
    },
    injectpaymentonion: {
      summary:
        'Starts a payment with an onion from elsewhere, as if a peer had sent it to this node.',
      description: 'It waits for the outcome. Algorithms for payments use it.',
      params: {
        onion: 'The onion, whose first layer is for this node.',
        payment_hash: PAYMENT_HASH,
        amount_msat: 'The amount that enters the onion, in msat.',
        cltv_expiry: 'The block height at which the HTLC expires.',
        partid: 'A number that is unique for each part of the payment.',
        groupid: 'The number of the attempt: all its parts share it.',
        label: LABEL,
        invstring: 'The invoice, which the node stores with the payment.',
        localinvreqid: 'The id of your invoice request that this payment fulfils.',
        destination_msat:
          'The amount that the destination gets, in msat, for the list of payments.',
        destination: 'The id of the destination, for the list of payments.',
      },
    },
    listpays: {
      summary: 'Lists payments; the parts of a payment are one entry.',
      params: {
        bolt11: 'The invoice that was paid.',
        payment_hash: PAYMENT_HASH,
        status: 'The status of the payments to list. Default: all.',
      },
    },
    listsendpays: {
      summary: 'Lists the parts of payments, one entry for each attempt.',
      params: {
        bolt11: 'The invoice that was paid.',
        payment_hash: PAYMENT_HASH,
        status: 'The status of the parts to list. Default: all.',
      },
    },
    delpay: {
      summary: 'Deletes a payment from the list.',
      description: 'A pending payment cannot be deleted.',
      params: {
        payment_hash: PAYMENT_HASH,
        status: 'The status that the payment must have.',
        partid:
          'The number of one part. It requires `groupid`. Default: all parts with the status.',
        groupid: GROUP,
      },
    },
    listforwards: {
      summary: 'Lists payments that the node has forwarded or tried to forward.',
      params: {
        status: 'The status of the forwards to list. Default: all.',
        in_channel: 'The channel from which the payments came.',
        out_channel: 'The channel into which the payments went.',
      },
    },
    delforward: {
      summary: 'Deletes a forwarded payment from the list.',
      params: {
        in_channel: 'The channel from which the payment came.',
        in_htlc_id: 'The number of the HTLC in that channel.',
        status: 'The status that the forward must have.',
      },
    },
    listhtlcs: {
      summary: 'Lists HTLCs that the node has in its database, including old ones.',
      params: { id: 'The short channel id or channel id. Default: all channels.' },
    },
    preapproveinvoice: {
      summary: 'Asks the signer to approve the payment of an invoice.',
      description: 'Remote signers can refuse. The node itself approves each request.',
      params: { bolt11: 'The invoice that is about to be paid.' },
    },
    preapprovekeysend: {
      summary: 'Asks the signer to approve a payment without an invoice.',
      params: {
        destination: 'The id of the node that is about to be paid.',
        payment_hash: PAYMENT_HASH,
        amount_msat: 'The amount in msat.',
      },
    },
    currencyrate: {
      summary: 'Returns the price of one bitcoin in a currency.',
      description: 'The price is the median of the sources, unless you select one.',
      params: {
        currency: 'The currency, as ISO 4217 names it: `USD`.',
        source: 'The name of one source. Default: the median of all.',
      },
    },
    currencyconvert: {
      summary: 'Converts an amount of a currency to msat, by the median price of the sources.',
      params: {
        amount: 'The amount in units of the currency.',
        currency: 'The currency, as ISO 4217 names it: `USD`.',
      },
    },
    listcurrencyrates: {
      summary: 'Lists the price of one bitcoin in a currency, for each source.',
      params: { currency: 'The currency, as ISO 4217 names it: `USD`.' },
    },
  },
};
