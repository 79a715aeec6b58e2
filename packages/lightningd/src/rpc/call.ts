/**
 * Parameters of a command: by name (an object), by position (an array), or a string that holds the
 * JSON text of either, which travels exactly as given. Bigints are written as their digits.
 */
export type Params = string | object;

/** What can be said about one call. */
export interface CallOptions {
  /** Aborting closes the call's connection, which is what cancels a waiting command in the node. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with `timed_out`. None by default: some commands wait for days. */
  readonly timeoutMs?: number | undefined;
  /** The JSON-RPC id. Must be unique among the calls in flight. Made up by default. */
  readonly id?: string | undefined;
  /** The node's reply filter, as JSON text, e.g. `{"invoices":[{"label":true}]}`. */
  readonly filter?: string | undefined;
}
