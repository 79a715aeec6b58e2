import type { CategoryText } from '../description-types.ts';

const OFFER_ID = 'The id of the offer.';

export const offers: CategoryText = {
  title: 'Offers',
  description:
    'Offers and invoice requests (BOLT 12): payment codes that can be paid more than once.',
  commands: {
    offer: {
      summary: 'Creates an offer.',
      description:
        'An offer is a static code: each payer requests an invoice for it. If an equal offer exists, the node returns it.',
      params: {
        amount: 'The amount in msat, an amount with a currency (`10.50USD`), or `any`.',
        description:
          'What the offer is for. The payer sees it. Required unless the amount is `any`.',
        issuer: 'Your name, as the payer sees it.',
        label: 'Your name for the offer, which the payer does not see.',
        quantity_max:
          'The largest quantity of one invoice; 0 means no limit. Default: invoices have no quantity.',
        absolute_expiry:
          'The time at which the offer expires, in seconds since 1970. Default: never.',
        recurrence: 'How often to pay: a number and a unit, such as `1month` or `4weeks`.',
        recurrence_base:
          'The time at which the first period starts, in seconds since 1970. Default: the first payment.',
        recurrence_paywindow:
          'When to pay: `-A+B` allows A seconds before and B seconds after the start of a period; a `%` charges for the rest.',
        recurrence_limit: 'The number of the last period, from 0.',
        single_use: 'Whether the offer can be paid only once.',
        proportional_amount: 'Whether a late payment of a period costs only its remaining part.',
        optional_recurrence: 'Whether payers that do not support recurrence can pay once.',
        fronting_nodes:
          'Peers through which all payments must come, so that the offer hides this node.',
      },
    },
    listoffers: {
      summary: 'Lists offers, or finds one.',
      params: {
        offer_id: OFFER_ID,
        active_only: 'Whether to leave out disabled offers. Default: false.',
      },
    },
    disableoffer: {
      summary: 'Disables an offer, so that the node sends no more invoices for it.',
      params: { offer_id: OFFER_ID },
    },
    enableoffer: { summary: 'Enables an offer again.', params: { offer_id: OFFER_ID } },
    fetchinvoice: {
      summary: 'Requests an invoice for an offer from the node that made it.',
      description:
        'It does not pay: pass `invoice` of the result to `xpay`. Check `changes` first, which lists how the invoice differs from the offer.',
      params: {
        offer: 'The offer, a text that starts with `lno1`.',
        amount_msat: 'The amount in msat. Required if the offer has none.',
        quantity: 'The quantity. Required if the offer allows several.',
        recurrence_counter: 'The number of the period, from 0. Required if the offer recurs.',
        recurrence_start: 'The period to start with, if the offer has a fixed start.',
        recurrence_label: 'Your name for this series of payments, the same for each of them.',
        timeout: 'Seconds to wait for the invoice. Default: 60.',
        payer_note: 'A note for the receiver.',
        payer_metadata:
          'Your bytes in hexadecimal from which the node derives the payer key. Default: random.',
        bip353: 'The BIP 353 name from which you have the offer.',
      },
    },
    sendinvoice: {
      summary: 'Sends an invoice for an invoice request, and waits until it is paid.',
      params: {
        invreq: 'The invoice request, a text that starts with `lnr1`.',
        label: 'Your unique name for the invoice.',
        amount_msat: 'The amount in msat. Default: that of the request.',
        timeout: 'Seconds to wait for the payment.',
      },
    },
    invoicerequest: {
      summary:
        'Creates an invoice request: a code with which someone can collect a payment from this node.',
      description: 'The node pays the first invoice that fits without further confirmation.',
      params: {
        amount: 'The amount that the node pays, in msat.',
        description: 'What the payment is for. The receiver sees it.',
        issuer: 'Your name, as the receiver sees it.',
        label: 'Your name for the request, which the receiver does not see.',
        absolute_expiry:
          'The time at which the request expires, in seconds since 1970. Default: never.',
        single_use: 'Whether only one payment can be collected.',
      },
    },
    listinvoicerequests: {
      summary: 'Lists invoice requests, or finds one.',
      params: {
        invreq_id: 'The id of the invoice request.',
        active_only: 'Whether to leave out disabled requests.',
      },
    },
    disableinvoicerequest: {
      summary: 'Disables an invoice request, so that no payment can be collected with it.',
      params: { invreq_id: 'The id of the invoice request.' },
    },
    cancelrecurringinvoice: {
      summary: 'Notifies the maker of a recurring offer that no further payment follows.',
      description: 'The message is a courtesy: without it, the series simply ends.',
      params: {
        offer: 'The recurring offer, a text that starts with `lno1`.',
        recurrence_counter: 'The number of the period after the last one that was paid.',
        recurrence_label: 'Your name for the series, as in `fetchinvoice`.',
        recurrence_start: 'The first period of the series, as in `fetchinvoice`.',
        payer_note: 'The reason, which the receiver sees.',
        bip353: 'The BIP 353 name from which you have the offer.',
      },
    },
    createproof: {
      summary: 'Creates proofs that this node made a BOLT 12 payment.',
      description: 'The format is a draft and can change. `decode` verifies a proof.',
      params: {
        invstring: 'The invoice, the offer or the BIP 353 name that was paid.',
        note: 'A text to include, for example a challenge of the verifier. Default: empty.',
        include: 'The fields to reveal, as names or numbers of TLV records.',
      },
    },
    fetchbip353: {
      summary:
        'Looks up a BIP 353 name in the DNS, and returns its payment instructions with the DNSSEC proof.',
      params: { address: 'The name, such as `user@example.com`; `₿` in front is allowed.' },
    },
  },
};
