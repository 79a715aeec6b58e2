/**
 * Parameters of a command: by name (an object), by position (an array), or a string with the JSON
 * text of either, which is sent verbatim. Bigints are written as their digits.
 */
export type Params = string | object;

/** Options of one call. */
export interface CallOptions {
  /** Aborting closes the call's connection, which cancels a waiting command in the node. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with `timed_out`. No limit by default: some commands wait for days. */
  readonly timeoutMs?: number | undefined;
  /** The JSON-RPC id. Must be unique among the calls in flight. `<idPrefix>:<method>#<number>` by default. */
  readonly id?: string | undefined;
  /** The node's reply filter as JSON text, e.g. `{"invoices":[{"label":true}]}`. */
  readonly filter?: string | undefined;
}

/** Options of one call of an RpcClient. */
export interface ClientCallOptions extends CallOptions {
  /**
   * Opens a new connection for this call and closes it after the reply. Use it for commands that change
   * their connection (lightningd v26.06: `batching`, `notifications`, `deprecations`): on a kept
   * connection the change would apply to later calls. False by default.
   */
  readonly ownConnection?: boolean | undefined;
}
