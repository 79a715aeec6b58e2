import type { CommandCall } from '../request.ts';
import type { CallScope } from '../waiting/call-scope.ts';

/** The bytes of a result as they arrive. Ends normally only if the result is complete, and throws a ClnrestError otherwise. */
export type Body = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Carries calls of commands to a node: over REST, or over another protocol. */
export interface CallTransport {
  /**
   * Sends the call once, and sets `scope.sent` before the node can receive it. Resolves with the bytes of the result, a JSON
   * text. Rejects with a ClnrestError, or with any error if the scope's signal is aborted. Must release what the call occupies
   * when the signal aborts.
   */
  send(call: CommandCall, scope: CallScope): Promise<Body>;
  /** Closes idle connections. */
  close(): void;
  /**
   * Milliseconds after which a call that waits in the node is repeated, in case its connection broke unnoticed. `undefined` if
   * the transport notices that.
   */
  readonly waitMs: number | undefined;
}
