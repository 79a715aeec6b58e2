/**
 * The feature bits (BOLT 9) of the node and of the simulated peers, as observed on lightningd v26.06.6. Clients and
 * plugins read them.
 */
export const FEATURES = {
  /** Hex, as in `getinfo` and `init`. */
  init: '800898880a8a59a1',
  node: '808898880a8a59a1',
  channel: '',
  invoice: '02000002024100',
  bolt12Offer: '',
  bolt12InvoiceRequest: '',
  bolt12Invoice: '020000',
  channelType: '08800000800000',
  /**
   * Bits in an invoice: variable onion, payment secret, multi-part payments and route blinding. `invoice` above also
   * has payment metadata, a bit that only invoices with metadata set.
   */
  invoiceBits: [8, 14, 17, 25],
} as const;
