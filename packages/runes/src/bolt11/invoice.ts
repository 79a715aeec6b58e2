/** A BOLT 11 invoice, checked: its signature is the payee's. */
export interface Bolt11Invoice {
  /** The network by its prefix: `bc`, `tb`, `tbs`, `bcrt`. */
  readonly currency: string;
  /** Seconds since 1970. */
  readonly createdAt: bigint;
  /** Seconds from `createdAt`; 3600 where the invoice does not say. */
  readonly expiry: bigint;
  /** The node to be paid: a public key, 66 hex digits. */
  readonly payee: string;
  /** Nothing where any amount will do. */
  readonly amountMsat: bigint | undefined;
  readonly description: string | undefined;
  /** 64 hex digits, where the description travels elsewhere. */
  readonly descriptionHash: string | undefined;
  /** Blocks; 18 where the invoice does not say. */
  readonly minFinalCltvExpiry: number;
  /** 64 hex digits. */
  readonly paymentHash: string;
  /** 64 hex digits. */
  readonly paymentSecret: string;
  /** Feature bits as hex, most significant first; empty for none. */
  readonly features: string;
  /** Hex. */
  readonly metadata: string | undefined;
  readonly fallbacks: readonly Fallback[];
  readonly routes: readonly (readonly RouteHop[])[];
  /** Fields that are not known, or that must not be repeated, as bech32 characters. */
  readonly extra: readonly { readonly tag: string; readonly data: string }[];
  /** The signature, 64 bytes of R and S as hex. */
  readonly signature: string;
}

/** An on-chain address: version 0 to 16 witness programs, 17 P2PKH, 18 P2SH. */
export interface Fallback {
  readonly version: number;
  /** Hex. */
  readonly program: string;
}

/** One hop towards a payee that is not public. */
export interface RouteHop {
  readonly pubkey: string;
  /** `block x transaction x output`. */
  readonly shortChannelId: string;
  readonly feeBaseMsat: number;
  readonly feeProportionalMillionths: number;
  readonly cltvExpiryDelta: number;
}
