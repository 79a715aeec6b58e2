/** A command that somebody wants to run, and when: what a rune is judged on. */
export interface Call extends StaticCall {
  /** When, in nanoseconds since 1970 (UTC). */
  readonly now: bigint;
}

/** A call whose time can be left open. */
export interface StaticCall {
  readonly now?: bigint | undefined;
  /** The node id of the peer that asks, 66 hex digits; absent over REST. */
  readonly nodeId?: string | undefined;
  /** The command. */
  readonly method?: string | undefined;
  /** Its parameters as raw JSON text, an object or an array; absent means none. */
  readonly params?: string | undefined;
}

/**
 * What judging needs to know from elsewhere. An alternative that needs a part that is missing can't be
 * judged, and what can't be judged does not hold.
 */
export interface Circumstances {
  /**
   * When a rune with this unique id was last used, in nanoseconds since 1970. Returns undefined if it
   * never was, and then `rate` and `per` hold. Without this function, no `rate` and no `per` holds.
   */
  readonly lastUsed?: ((uniqueId: string) => bigint | undefined) | undefined;
  /**
   * Reads the invoice in a parameter, for `pinv…`. Returns why it can't where it can't. Without a
   * reader no `pinv` alternative holds.
   */
  readonly readInvoice?: InvoiceReader | undefined;
}

/** The three things that a rune can ask of an invoice. */
export interface InvoiceFields {
  /** In msat. */
  readonly amountMsat: bigint | undefined;
  readonly description: string | undefined;
  /** The payee, 66 hex digits. */
  readonly nodeId: string | undefined;
}

/** Reads an invoice, or says why it can't. */
export type InvoiceReader = (text: string) => InvoiceFields | InvoiceProblem;

/** Why an invoice can't be read. */
export interface InvoiceProblem {
  /** lightningd's words after `Invalid invoice: `. */
  readonly problem: string;
  /** Whether the invoice is of a kind that this reader does not know, so that it can be a good one. */
  readonly isUnknownKind?: boolean | undefined;
}
