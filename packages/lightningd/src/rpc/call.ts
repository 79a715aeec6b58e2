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

/** What can be said about one call of an RpcClient. */
export interface ClientCallOptions extends CallOptions {
  /**
   * Makes a new connection for this call and closes it after the reply. Use it for commands that change
   * their connection (lightningd v26.06: `batching`, `notifications`, `deprecations`): on a kept
   * connection the change would apply to later calls of others. False by default.
   */
  readonly ownConnection?: boolean | undefined;
}
