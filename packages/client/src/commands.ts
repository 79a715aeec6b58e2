/** An integer in a result: a bigint beyond 2^53, else a number. `BigInt(value)` converts both to a bigint. */
export type Integer = number | bigint;

/** An invoice as returned by `listinvoices`, `waitinvoice` and `waitanyinvoice`. */
export interface Invoice {
  readonly label: string;
  readonly payment_hash: string;
  readonly status: 'unpaid' | 'paid' | 'expired';
  /** Seconds since 1970. */
  readonly expires_at: Integer;
  /** Counts up from 1 in the order of creation. */
  readonly created_index: Integer;
  readonly description?: string;
  /** The requested amount in msat; absent if the payer chooses the amount. */
  readonly amount_msat?: Integer;
  readonly bolt11?: string;
  readonly bolt12?: string;
  /** The received amount in msat; present once paid. */
  readonly amount_received_msat?: Integer;
  /** Counts up from 1 in the order of payment. `waitanyinvoice` takes it as `lastpay_index`. */
  readonly pay_index?: Integer;
  /** Seconds since 1970. */
  readonly paid_at?: Integer;
  readonly payment_preimage?: string;
  readonly updated_index?: Integer;
}

/**
 * Results of the most common commands (lightningd v26.06): required members and frequent optional ones. For other
 * commands or members, pass a type: `client.call<Mine>('mine')`. The client does not validate results.
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
