/** A type of JSON Schema. */
type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null';

/**
 * The types that lightningd accepts for some parameters. lightningd also reads numbers and booleans from strings, the
 * only type of value in forms.
 */
interface Kind {
  readonly types: readonly [JsonType, ...JsonType[]];
  /** The names of the parameters, separated by white space. */
  readonly names: string;
  readonly description?: string;
}

const KINDS: readonly Kind[] = [
  {
    types: ['integer', 'string'],
    description:
      'A number of millisatoshi, or an amount with its unit: `10000msat`, `10sat`, `0.0001btc`.',
    names: `
      amount_msat capacity_msat destination_msat exemptfee maxfee maxfee_msat partial_msat
      push_msat total_amount_msat feebase htlcmin htlcmax htlc_minimum_msat
      htlc_maximum_msat fee_base_msat lease_fee_base_msat`,
  },
  {
    types: ['integer', 'string'],
    description: 'A number of satoshi, an amount with its unit (`10sat`, `0.0001btc`), or `all`.',
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
 * Returns the schema of a parameter of a Core Lightning command. The schema accepts everything that the node accepts,
 * so it has a type only if the name determines it. An optional parameter can also be null, which the server removes.
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
