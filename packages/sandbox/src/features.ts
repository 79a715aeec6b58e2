/**
 * The feature bits that the node shows (BOLT 9), as a lightningd v26.06.6 does: clients look at
 * them, and the peers that the sandbox plays have them, too.
 */
export const FEATURES = {
  /** As hex, where plugins and `getinfo` see them. */
  init: '800898880a8a59a1',
  node: '808898880a8a59a1',
  channel: '',
  invoice: '02000002024100',
  bolt12Offer: '',
  bolt12InvoiceRequest: '',
  bolt12Invoice: '020000',
  channelType: '08800000800000',
  /**
   * Bits in an invoice: variable onion, payment secret, multi-part payments and route blinding.
   * `invoice` above has payment metadata, too, which only an invoice that carries some says.
   */
  invoiceBits: [8, 14, 17, 25],
} as const;
