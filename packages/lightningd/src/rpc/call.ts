/**
 * Parameters of a command: by name (an object), by position (an array), or a string with the JSON
 * text of either, which is sent verbatim. Bigints are written as their digits.
 */
export type Params = string | object;

/** Options of one call. `Filter` is the type of the filter. */
export interface CallOptions<Filter = object | string> {
  /** Aborting closes the call's connection, which cancels a waiting command in the node. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with `timed_out`. No limit by default: some commands wait for days. */
  readonly timeoutMs?: number | undefined;
  /** The JSON-RPC id. Must be unique among the calls in flight. `<idPrefix>:<method>#<number>` by default. */
  readonly id?: string | undefined;
  /**
   * The members of the result that the node returns: `{ invoices: [{ label: true }] }`. It leaves out all others, and the
   * result's type has only these. Can be JSON text, which does not change the type: members in it can then be missing.
   */
  readonly filter?: Filter | undefined;
}

/** Options of one call of an RpcClient. */
export interface ClientCallOptions<Filter = object | string> extends CallOptions<Filter> {
  /**
   * Opens a new connection for this call and closes it after the reply. Use it for commands that change
   * their connection (lightningd v26.06: `batching`, `notifications`, `deprecations`): on a kept
   * connection the change would apply to later calls. False by default.
   */
  readonly ownConnection?: boolean | undefined;
}
