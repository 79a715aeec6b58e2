/** The call that a rune is checked against: a command, its parameters, the caller and the time. */
export interface Call extends StaticCall {
  /** The time in nanoseconds since 1970 (UTC). */
  readonly now: bigint;
}

/** A call whose time is optional. */
export interface StaticCall {
  readonly now?: bigint | undefined;
  /** The node id of the requesting peer, 66 hex digits; absent over REST. */
  readonly nodeId?: string | undefined;
  /** The command. */
  readonly method?: string | undefined;
  /** The parameters as raw JSON text, an object or an array; absent means none. */
  readonly params?: string | undefined;
}

/**
 * Facts from outside of the call. An alternative that needs a missing fact cannot be decided, and therefore does not
 * hold.
 */
export interface Circumstances {
  /**
   * Returns the last use of runes with this unique id, in nanoseconds since 1970. If it returns undefined (never used),
   * `rate` and `per` hold. Without this function, `rate` and `per` never hold.
   */
  readonly lastUsed?: ((uniqueId: string) => bigint | undefined) | undefined;
  /**
   * Reads the invoice in a parameter, for `pinv…`. Returns a problem if the invoice cannot be read. Without a reader,
   * `pinv` alternatives never hold.
   */
  readonly readInvoice?: InvoiceReader | undefined;
}

/** The fields of an invoice that a rune can restrict. */
export interface InvoiceFields {
  /** In msat. */
  readonly amountMsat: bigint | undefined;
  readonly description: string | undefined;
  /** The payee, 66 hex digits. */
  readonly nodeId: string | undefined;
}

/** Reads an invoice, or returns a problem. */
export type InvoiceReader = (text: string) => InvoiceFields | InvoiceProblem;

/** The reason why an invoice cannot be read. */
export interface InvoiceProblem {
  /** lightningd's message after `Invalid invoice: `. */
  readonly problem: string;
  /** Whether the reader does not support this kind of invoice, which can still be valid. */
  readonly isUnknownKind?: boolean | undefined;
}
