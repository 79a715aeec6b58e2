import { RpcError, TransportError } from '@clnrest/lightningd';
import { type OwnErrorName, Refusal } from '../errors.ts';

/** JSON-RPC's "method not found". */
export const METHOD_NOT_FOUND = -32601;

/** What a caller is told of a call that the node did not answer. Errors that are no such are passed on. */
export function nodeFailure(error: unknown): unknown {
  return error instanceof TransportError ? Refusal.of(kindOf(error.code), { cause: error }) : error;
}

/** The same for calls that change nothing: whatever became of the reply, no command has run. */
export function harmlessNodeFailure(error: unknown): unknown {
  return error instanceof TransportError && kindOf(error.code) === 'node_broke_off'
    ? Refusal.of('node_away', { cause: error })
    : nodeFailure(error);
}

/** What a caller is told of a command that failed: the node's own words, or why there are none. */
export function commandFailure(error: unknown): unknown {
  if (!(error instanceof RpcError)) return nodeFailure(error);
  const kind = error.code === METHOD_NOT_FOUND ? 'command_unknown' : 'command_failed';
  return Refusal.ofNode(kind, error);
}

function kindOf(code: TransportError['code']): OwnErrorName {
  switch (code) {
    case 'socket_missing':
    case 'refused':
      return 'node_away';
    case 'closed':
    case 'malformed_reply':
    case 'too_large':
      return 'node_broke_off';
    case 'timed_out':
      return 'node_silent';
    case 'overloaded':
      return 'busy';
  }
}
