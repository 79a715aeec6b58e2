/** The SQL type of a column. */
export type SqlType = 'INTEGER' | 'BLOB' | 'TEXT' | 'REAL';

/** A table of the command `sql`, as in lightningd v26.06.6. */
export interface SqlTable {
  readonly name: string;
  /** The command whose result fills the table, and the member with the rows. Tables of inner arrays have none. */
  readonly source?: { readonly command: string; readonly member: string };
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  readonly indices: readonly (readonly string[])[];
}

function columns(text: string): SqlTable['columns'] {
  return text.split(/\s+/).map((word) => {
    const [name = '', type = ''] = word.split(':');
    return { name, type: type as SqlType };
  });
}

/** The tables in the order of `listsqlschemas`: those over lists that the sandbox has. */
export const SQL_TABLES: readonly SqlTable[] = [
  {
    name: 'bkpr_accountevents',
    source: { command: 'bkpr-listaccountevents', member: 'events' },
    columns: columns(
      `rowid:INTEGER account:TEXT type:TEXT tag:TEXT credit_msat:INTEGER debit_msat:INTEGER currency:TEXT
      timestamp:INTEGER currencyrate:REAL description:TEXT outpoint:TEXT blockheight:INTEGER origin:TEXT
      payment_id:BLOB txid:BLOB fees_msat:INTEGER is_rebalance:INTEGER part_id:INTEGER`,
    ),
    indices: [],
  },
  {
    name: 'bkpr_income',
    source: { command: 'bkpr-listincome', member: 'income_events' },
    columns: columns(
      `rowid:INTEGER account:TEXT tag:TEXT credit_msat:INTEGER debit_msat:INTEGER currency:TEXT
      timestamp:INTEGER description:TEXT outpoint:TEXT txid:BLOB payment_id:BLOB`,
    ),
    indices: [],
  },
  {
    name: 'chainmoves',
    source: { command: 'listchainmoves', member: 'chainmoves' },
    columns: columns(
      `created_index:INTEGER account_id:TEXT credit_msat:INTEGER debit_msat:INTEGER timestamp:INTEGER
      primary_tag:TEXT peer_id:BLOB originating_account:TEXT spending_txid:BLOB utxo:TEXT payment_hash:BLOB
      output_msat:INTEGER output_count:INTEGER blockheight:INTEGER`,
    ),
    indices: [['account_id']],
  },
  {
    name: 'chainmoves_extra_tags',
    columns: columns(`rowid:INTEGER row:INTEGER arrindex:INTEGER extra_tags:TEXT`),
    indices: [],
  },
  {
    name: 'channelmoves',
    source: { command: 'listchannelmoves', member: 'channelmoves' },
    columns: columns(
      `created_index:INTEGER account_id:TEXT credit_msat:INTEGER debit_msat:INTEGER timestamp:INTEGER
      primary_tag:TEXT payment_hash:BLOB part_id:INTEGER group_id:INTEGER fees_msat:INTEGER`,
    ),
    indices: [['account_id'], ['payment_hash']],
  },
  {
    name: 'channels',
    source: { command: 'listchannels', member: 'channels' },
    columns: columns(
      `rowid:INTEGER source:BLOB destination:BLOB short_channel_id:TEXT direction:INTEGER public:INTEGER
      amount_msat:INTEGER message_flags:INTEGER channel_flags:INTEGER active:INTEGER last_update:INTEGER
      base_fee_millisatoshi:INTEGER fee_per_millionth:INTEGER delay:INTEGER htlc_minimum_msat:INTEGER
      htlc_maximum_msat:INTEGER features:BLOB`,
    ),
    indices: [['short_channel_id']],
  },
  {
    name: 'closedchannels',
    source: { command: 'listclosedchannels', member: 'closedchannels' },
    columns: columns(
      `rowid:INTEGER peer_id:BLOB channel_id:BLOB short_channel_id:TEXT alias_local:TEXT alias_remote:TEXT
      opener:TEXT closer:TEXT private:INTEGER total_local_commitments:INTEGER total_remote_commitments:INTEGER
      total_htlcs_sent:INTEGER funding_txid:BLOB funding_outnum:INTEGER funding_psbt:TEXT funding_withheld:INTEGER
      leased:INTEGER funding_fee_paid_msat:INTEGER funding_fee_rcvd_msat:INTEGER funding_pushed_msat:INTEGER
      total_msat:INTEGER final_to_us_msat:INTEGER min_to_us_msat:INTEGER max_to_us_msat:INTEGER
      last_commitment_txid:BLOB last_commitment_fee_msat:INTEGER close_cause:TEXT last_stable_connection:INTEGER`,
    ),
    indices: [],
  },
  {
    name: 'closedchannels_channel_type_bits',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER bits:INTEGER'),
    indices: [],
  },
  {
    name: 'closedchannels_channel_type_names',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER names:TEXT'),
    indices: [],
  },
  {
    name: 'forwards',
    source: { command: 'listforwards', member: 'forwards' },
    columns: columns(
      `created_index:INTEGER in_channel:TEXT in_htlc_id:INTEGER in_msat:INTEGER status:TEXT received_time:REAL
      out_channel:TEXT out_htlc_id:INTEGER updated_index:INTEGER style:TEXT fee_msat:INTEGER out_msat:INTEGER
      resolved_time:REAL failcode:INTEGER failreason:TEXT`,
    ),
    indices: [['in_channel', 'in_htlc_id']],
  },
  {
    name: 'htlcs',
    source: { command: 'listhtlcs', member: 'htlcs' },
    columns: columns(
      `short_channel_id:TEXT created_index:INTEGER updated_index:INTEGER id:INTEGER expiry:INTEGER
      amount_msat:INTEGER direction:TEXT payment_hash:BLOB state:TEXT`,
    ),
    indices: [['short_channel_id', 'id']],
  },
  {
    name: 'invoices',
    source: { command: 'listinvoices', member: 'invoices' },
    columns: columns(
      `label:TEXT description:TEXT payment_hash:BLOB status:TEXT expires_at:INTEGER amount_msat:INTEGER bolt11:TEXT
      bolt12:TEXT local_offer_id:BLOB invreq_payer_note:TEXT created_index:INTEGER updated_index:INTEGER
      pay_index:INTEGER amount_received_msat:INTEGER paid_at:INTEGER paid_outpoint_txid:BLOB
      paid_outpoint_outnum:INTEGER payment_preimage:BLOB`,
    ),
    indices: [['payment_hash']],
  },
  {
    name: 'networkevents',
    source: { command: 'listnetworkevents', member: 'networkevents' },
    columns: columns(
      `created_index:INTEGER timestamp:INTEGER peer_id:BLOB type:TEXT reason:TEXT duration_nsec:INTEGER
      connect_attempted:INTEGER`,
    ),
    indices: [],
  },
  {
    name: 'nodes',
    source: { command: 'listnodes', member: 'nodes' },
    columns: columns(
      `rowid:INTEGER nodeid:BLOB last_timestamp:INTEGER alias:TEXT color:BLOB features:BLOB
      option_will_fund_lease_fee_base_msat:INTEGER option_will_fund_lease_fee_basis:INTEGER
      option_will_fund_funding_weight:INTEGER option_will_fund_channel_fee_max_base_msat:INTEGER
      option_will_fund_channel_fee_max_proportional_thousandths:INTEGER option_will_fund_compact_lease:BLOB`,
    ),
    indices: [['nodeid']],
  },
  {
    name: 'nodes_addresses',
    columns: columns(
      'rowid:INTEGER row:INTEGER arrindex:INTEGER type:TEXT port:INTEGER address:TEXT',
    ),
    indices: [],
  },
  {
    name: 'offers',
    source: { command: 'listoffers', member: 'offers' },
    columns: columns(
      `rowid:INTEGER offer_id:BLOB active:INTEGER single_use:INTEGER force_paths:INTEGER bolt12:TEXT
      description:TEXT used:INTEGER label:TEXT`,
    ),
    indices: [['offer_id']],
  },
  {
    name: 'peerchannels',
    source: { command: 'listpeerchannels', member: 'channels' },
    columns: columns(
      `rowid:INTEGER peer_id:BLOB peer_connected:INTEGER reestablished:INTEGER state:TEXT scratch_txid:BLOB
      local_htlc_minimum_msat:INTEGER local_htlc_maximum_msat:INTEGER local_cltv_expiry_delta:INTEGER
      local_fee_base_msat:INTEGER local_fee_proportional_millionths:INTEGER remote_htlc_minimum_msat:INTEGER
      remote_htlc_maximum_msat:INTEGER remote_cltv_expiry_delta:INTEGER remote_fee_base_msat:INTEGER
      remote_fee_proportional_millionths:INTEGER ignore_fee_limits:INTEGER lost_state:INTEGER
      feerate_perkw:INTEGER feerate_perkb:INTEGER owner:TEXT short_channel_id:TEXT direction:INTEGER
      channel_id:BLOB funding_txid:BLOB funding_outnum:INTEGER initial_feerate:TEXT last_feerate:TEXT
      next_feerate:TEXT next_fee_step:INTEGER close_to:BLOB private:INTEGER opener:TEXT closer:TEXT
      funding_pushed_msat:INTEGER funding_local_funds_msat:INTEGER funding_remote_funds_msat:INTEGER
      funding_fee_paid_msat:INTEGER funding_fee_rcvd_msat:INTEGER funding_psbt:TEXT funding_withheld:INTEGER
      to_us_msat:INTEGER min_to_us_msat:INTEGER max_to_us_msat:INTEGER total_msat:INTEGER fee_base_msat:INTEGER
      fee_proportional_millionths:INTEGER dust_limit_msat:INTEGER their_max_htlc_value_in_flight_msat:INTEGER
      our_max_htlc_value_in_flight_msat:INTEGER their_reserve_msat:INTEGER our_reserve_msat:INTEGER
      spendable_msat:INTEGER receivable_msat:INTEGER minimum_htlc_in_msat:INTEGER minimum_htlc_out_msat:INTEGER
      maximum_htlc_out_msat:INTEGER their_to_self_delay:INTEGER our_to_self_delay:INTEGER
      max_accepted_htlcs:INTEGER alias_local:TEXT alias_remote:TEXT in_payments_offered:INTEGER
      in_offered_msat:INTEGER in_payments_fulfilled:INTEGER in_fulfilled_msat:INTEGER out_payments_offered:INTEGER
      out_offered_msat:INTEGER out_payments_fulfilled:INTEGER out_fulfilled_msat:INTEGER
      last_stable_connection:INTEGER close_to_addr:TEXT last_tx_fee_msat:INTEGER`,
    ),
    indices: [['peer_id']],
  },
  {
    name: 'peerchannels_channel_type_bits',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER bits:INTEGER'),
    indices: [],
  },
  {
    name: 'peerchannels_channel_type_names',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER names:TEXT'),
    indices: [],
  },
  {
    name: 'peerchannels_features',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER features:TEXT'),
    indices: [],
  },
  {
    name: 'peerchannels_htlcs',
    columns: columns(
      `rowid:INTEGER row:INTEGER arrindex:INTEGER direction:TEXT id:INTEGER amount_msat:INTEGER expiry:INTEGER
      payment_hash:BLOB local_trimmed:INTEGER status:TEXT state:TEXT`,
    ),
    indices: [],
  },
  {
    name: 'peerchannels_inflight',
    columns: columns(
      `rowid:INTEGER row:INTEGER arrindex:INTEGER funding_txid:BLOB funding_outnum:INTEGER feerate:TEXT
      total_funding_msat:INTEGER splice_amount:INTEGER our_funding_msat:INTEGER scratch_txid:BLOB`,
    ),
    indices: [],
  },
  {
    name: 'peerchannels_state_changes',
    columns: columns(
      `rowid:INTEGER row:INTEGER arrindex:INTEGER timestamp:TEXT old_state:TEXT new_state:TEXT cause:TEXT
      message:TEXT`,
    ),
    indices: [],
  },
  {
    name: 'peerchannels_status',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER status:TEXT'),
    indices: [],
  },
  {
    name: 'peers',
    source: { command: 'listpeers', member: 'peers' },
    columns: columns(
      'rowid:INTEGER id:BLOB connected:INTEGER num_channels:INTEGER remote_addr:TEXT features:BLOB',
    ),
    indices: [['id']],
  },
  {
    name: 'peers_netaddr',
    columns: columns('rowid:INTEGER row:INTEGER arrindex:INTEGER netaddr:TEXT'),
    indices: [],
  },
  {
    name: 'sendpays',
    source: { command: 'listsendpays', member: 'payments' },
    columns: columns(
      `created_index:INTEGER id:INTEGER groupid:INTEGER partid:INTEGER payment_hash:BLOB updated_index:INTEGER
      status:TEXT amount_msat:INTEGER destination:BLOB created_at:INTEGER amount_sent_msat:INTEGER label:TEXT
      bolt11:TEXT description:TEXT bolt12:TEXT completed_at:INTEGER payment_preimage:BLOB erroronion:BLOB`,
    ),
    indices: [['payment_hash']],
  },
  {
    name: 'transactions',
    source: { command: 'listtransactions', member: 'transactions' },
    columns: columns(
      'rowid:INTEGER hash:BLOB rawtx:BLOB blockheight:INTEGER txindex:INTEGER locktime:INTEGER version:INTEGER',
    ),
    indices: [['hash']],
  },
  {
    name: 'transactions_inputs',
    columns: columns(
      'rowid:INTEGER row:INTEGER arrindex:INTEGER txid:BLOB idx:INTEGER sequence:INTEGER',
    ),
    indices: [],
  },
  {
    name: 'transactions_outputs',
    columns: columns(
      'rowid:INTEGER row:INTEGER arrindex:INTEGER idx:INTEGER amount_msat:INTEGER scriptPubKey:BLOB',
    ),
    indices: [],
  },
];
