/** A BOLT 11 invoice whose signature was verified. */
export interface Bolt11Invoice {
  /** The network by its prefix: `bc`, `tb`, `tbs`, `bcrt`. */
  readonly currency: string;
  /** Seconds since 1970. */
  readonly createdAt: bigint;
  /** Seconds from `createdAt`; defaults to 3600. */
  readonly expiry: bigint;
  /** The payee's public key, 66 hex digits. */
  readonly payee: string;
  /** Undefined if the payer chooses the amount. */
  readonly amountMsat: bigint | undefined;
  readonly description: string | undefined;
  /** 64 hex digits, if the description is sent separately. */
  readonly descriptionHash: string | undefined;
  /** Blocks; defaults to 18. */
  readonly minFinalCltvExpiry: number;
  /** 64 hex digits. */
  readonly paymentHash: string;
  /** 64 hex digits. */
  readonly paymentSecret: string;
  /** Feature bits in hex, most significant first; empty if no bit is set. */
  readonly features: string;
  /** Hex. */
  readonly metadata: string | undefined;
  readonly fallbacks: readonly Fallback[];
  readonly routes: readonly (readonly RouteHop[])[];
  /** Unknown fields and repeated fields, as bech32 characters. */
  readonly extra: readonly { readonly tag: string; readonly data: string }[];
  /** The signature: 64 bytes of R and S in hex. */
  readonly signature: string;
}

/** An on-chain address: version 0 to 16 witness programs, 17 P2PKH, 18 P2SH. */
export interface Fallback {
  readonly version: number;
  /** Hex. */
  readonly program: string;
}

/** One hop of a route hint. */
export interface RouteHop {
  readonly pubkey: string;
  /** `block x transaction x output`. */
  readonly shortChannelId: string;
  readonly feeBaseMsat: number;
  readonly feeProportionalMillionths: number;
  readonly cltvExpiryDelta: number;
}
