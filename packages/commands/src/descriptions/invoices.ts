import type { CategoryText } from '../description-types.ts';

const LABEL = 'The label of the invoice. A number means its digits.';

export const invoices: CategoryText = {
  title: 'Invoices',
  description: 'Invoices of this node: amounts that others pay.',
  commands: {
    invoice: {
      summary: 'Creates an invoice.',
      description:
        'Show `bolt11` of the result to the payer. A `warning_…` member explains why the channels cannot receive the amount.',
      params: {
        amount_msat: 'The amount in msat; `any` lets the payer choose.',
        label: 'Your unique name for the invoice. The payer does not see it.',
        description: 'What the payer sees. It is part of the invoice.',
        expiry: 'Seconds until the invoice expires. Default: 604800 (a week).',
        fallbacks:
          'Bitcoin addresses for payers that cannot pay over Lightning, the preferred one first.',
        preimage:
          'The preimage, 32 bytes in hexadecimal. Default: a random one. Set it only if your protocol requires it, and keep it secret.',
        exposeprivatechannels:
          'Whether route hints may reveal unannounced channels, or which ones. Default: only if no channel is announced.',
        cltv: 'The least number of blocks that remain for the last hop. Default: the option `cltv-final`.',
        deschashonly:
          'Whether the invoice contains only a hash of the description, which allows long ones.',
      },
    },
    listinvoices: {
      summary: 'Lists invoices, or finds one.',
      description:
        'Use at most one of `label`, `invstring`, `payment_hash` and `offer_id`. To read a long list in parts, use `index`, `start` and `limit`.',
      params: {
        label: LABEL,
        invstring: 'The invoice itself, as BOLT 11 or BOLT 12 text.',
        payment_hash: 'The payment hash of the invoice.',
        offer_id: 'The id of the offer whose invoices to list.',
      },
    },
    delinvoice: {
      summary: 'Deletes an invoice, or only its description.',
      params: {
        label: LABEL,
        status:
          'The status that the invoice must have. If it has changed, the node deletes nothing.',
        desconly: 'Whether to delete the description only.',
      },
    },
    waitinvoice: {
      summary: 'Waits until an invoice is paid.',
      description:
        'It returns at once if the invoice is paid already. If the invoice expires, it fails with code 903.',
      params: { label: LABEL },
    },
    waitanyinvoice: {
      summary: 'Waits until any invoice is paid.',
      description:
        'Pass the `pay_index` of the last result to receive each payment exactly once, in order.',
      params: {
        lastpay_index:
          'The `pay_index` after which to look. Default: 0, which returns the first invoice ever paid.',
        timeout: 'Seconds to wait; then it fails with code 904. Default: no limit.',
      },
    },
    createinvoice: {
      summary: 'Signs an invoice from elsewhere, and stores it so that it can be paid.',
      params: {
        invstring: 'The unsigned invoice; a signature in it is replaced.',
        label: 'Your unique name for the invoice.',
        preimage: 'The preimage of its payment hash, in hexadecimal.',
      },
    },
    signinvoice: {
      summary: 'Signs an invoice from elsewhere without storing it.',
      description: 'The node cannot receive the payment, because it does not have the preimage.',
      params: { invstring: 'The invoice to sign, as BOLT 11 text.' },
    },
    decode: {
      summary: 'Decodes an invoice, an offer, a rune, a payer proof or a recovery file.',
      description:
        'Check `valid` before you use the other members: a string with a bad signature is decoded, too.',
      params: { string: 'The text to decode. The prefix `lightning:` is allowed.' },
    },
  },
};
