/** A command that somebody wants to run, and when: what a rune is judged on. */
export interface Call {
  /** When, in nanoseconds since 1970 (UTC). */
  readonly now: bigint;
  /** The node id of the peer that asks, 66 hex digits; absent over REST. */
  readonly nodeId?: string | undefined;
  /** The command. */
  readonly method?: string | undefined;
  /** Its parameters as raw JSON text, an object or an array; absent means none. */
  readonly params?: string | undefined;
}

/** What judging needs to know from elsewhere; each part may be missing. */
export interface Circumstances {
  /**
   * When a rune with this unique id was last used, in nanoseconds since 1970. Nothing where it never
   * was, and then `rate` and `per` hold.
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

/** Reads an invoice, or says why it can't (lightningd's words after `Invalid invoice: `). */
export type InvoiceReader = (text: string) => InvoiceFields | { readonly problem: string };
