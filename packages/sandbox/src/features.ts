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

/** The names that `--list-features-only` prints: observed on lightningd v26.06.6. */
export const FEATURE_NAMES: readonly string[] = [
  'option_data_loss_protect/even',
  'option_upfront_shutdown_script/odd',
  'option_gossip_queries/odd',
  'option_var_onion_optin/even',
  'option_gossip_queries_ex/odd',
  'option_static_remotekey/even',
  'option_payment_secret/even',
  'option_basic_mpp/odd',
  'option_support_large_channel/odd',
  'option_anchors/odd',
  'option_route_blinding/odd',
  'option_shutdown_anysegwit/odd',
  'option_quiesce/odd',
  'option_onion_messages/odd',
  'option_provide_storage/odd',
  'option_channel_type/even',
  'option_scid_alias/odd',
  'option_zeroconf/odd',
  'option_splice/odd',
  'supports_open_accept_channel_type',
];
