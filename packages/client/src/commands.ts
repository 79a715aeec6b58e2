/**
 * An integer in a result: a bigint beyond 2^53, else a number. `BigInt(value)` makes one of both.
 */
export type Integer = number | bigint;

/** An invoice as `listinvoices`, `waitinvoice` and `waitanyinvoice` show it. */
export interface Invoice {
  readonly label: string;
  readonly payment_hash: string;
  readonly status: 'unpaid' | 'paid' | 'expired';
  /** Seconds since 1970. */
  readonly expires_at: Integer;
  /** Counts up from 1, in the order of their making. */
  readonly created_index: Integer;
  readonly description?: string;
  /** What was asked for, in msat; absent where the payer chooses. */
  readonly amount_msat?: Integer;
  readonly bolt11?: string;
  readonly bolt12?: string;
  /** What came, in msat, once it is paid. */
  readonly amount_received_msat?: Integer;
  /** Counts up from 1, in the order of payments: what `waitanyinvoice` goes on from. */
  readonly pay_index?: Integer;
  /** Seconds since 1970. */
  readonly paid_at?: Integer;
  readonly payment_preimage?: string;
  readonly updated_index?: Integer;
}

/**
 * What the commonest commands answer (lightningd v26.06): what is always there, and what often is. For others, or
 * for more, say what you expect: `client.call<Mine>('mine')`. Nobody checks it.
 */
export interface CommandResults {
  getinfo: {
    readonly id: string;
    readonly alias?: string;
    readonly color: string;
    readonly num_peers: Integer;
    readonly num_pending_channels: Integer;
    readonly num_active_channels: Integer;
    readonly num_inactive_channels: Integer;
    readonly version: string;
    readonly blockheight: Integer;
    readonly network: string;
    readonly fees_collected_msat: Integer;
    readonly 'lightning-dir': string;
  };
  invoice: {
    readonly bolt11: string;
    readonly payment_hash: string;
    readonly payment_secret: string;
    /** Seconds since 1970. */
    readonly expires_at: Integer;
    readonly created_index: Integer;
  };
  listinvoices: { readonly invoices: readonly Invoice[] };
  waitinvoice: Invoice;
  waitanyinvoice: Invoice;
  createrune: { readonly rune: string; readonly unique_id: string };
}
