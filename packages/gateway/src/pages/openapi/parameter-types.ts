/** A type as JSON Schema names it. */
type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null';

/**
 * What lightningd takes for a parameter. It reads numbers and booleans from strings, too, and forms
 * have nothing but strings.
 */
interface Kind {
  readonly types: readonly [JsonType, ...JsonType[]];
  /** Whose type that is, separated by white space. */
  readonly names: string;
  readonly description?: string;
}

const KINDS: readonly Kind[] = [
  {
    types: ['integer', 'string'],
    description:
      'Millisatoshi as a number, or an amount with its unit: `10000msat`, `10sat`, `0.0001btc`.',
    names: `
      amount_msat capacity_msat destination_msat exemptfee maxfee maxfee_msat partial_msat
      push_msat total_amount_msat feebase htlcmin htlcmax htlc_minimum_msat
      htlc_maximum_msat fee_base_msat lease_fee_base_msat`,
  },
  {
    types: ['integer', 'string'],
    description: 'Satoshi as a number, or an amount with its unit: `10sat`, `0.0001btc`, `all`.',
    names: 'satoshi',
  },
  {
    types: ['integer', 'string'],
    names: 'amount request_amt feerate commitment_feerate funding_feerate',
  },
  {
    types: ['integer', 'string'],
    names: `
      absolute_expiry blockheight cltv cltv_expiry created_index end end_time enforcedelay
      expiry feeppm final_cltv generation groupid lastpay_index limit locktime maxdelay
      maxparts minconf mindepth nextvalue partid pongbytes quantity retry_for start
      start_time startweight timeout unilateraltimeout vout min_witness_weight`,
  },
  { types: ['number', 'string'], names: 'maxfeepercent riskfactor' },
  {
    types: ['boolean', 'string'],
    names: `
      active_only announce consolidate_fees desconly enable exclusive excess_as_change
      ignorefeelimits nonwrapped persistent relist reservedok single_use spent transient
      withhold`,
  },
  {
    types: ['string'],
    names: `
      bolt11 bolt12 channel_id id initialpsbt in_channel invreq invreq_id invstring node_id
      offer offer_id out_channel payment_hash payment_secret peer_id preimage psbt rune
      short_channel_id short_channel_id_dir signed_psbt tx txid zbase addresstype`,
  },
  {
    types: ['string', 'integer'],
    names: 'label',
  },
];

const BY_NAME: ReadonlyMap<string, Kind> = new Map(
  KINDS.flatMap((kind) =>
    kind.names
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind]),
  ),
);

/** The schema of a value, in JSON Schema. */
export interface ValueSchema {
  readonly type?: readonly JsonType[];
  readonly description?: string;
  readonly examples?: readonly string[];
}

/**
 * What a parameter of a command of Core Lightning's may be, where its name makes that sure: whatever
 * the node takes, the schema does. One that may be left out may also be null, which is dropped.
 */
export function valueSchema(name: string, isRequired: boolean): ValueSchema {
  const kind = BY_NAME.get(name);
  if (kind === undefined) return {};
  const { types, description } = kind;
  return {
    type: isRequired ? types : [...types, 'null'],
    ...(description !== undefined && { description }),
  };
}
