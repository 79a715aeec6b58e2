import { RpcError, TransportError } from '@clnrest/lightningd';
import { type OwnErrorName, Refusal } from '../refusals.ts';

/** JSON-RPC's "method not found". */
export const METHOD_NOT_FOUND = -32601;

/** The refusal for a call without a response from the node. Returns other errors unchanged. */
export function nodeFailure(error: unknown): unknown {
  return error instanceof TransportError ? Refusal.of(kindOf(error.code), { cause: error }) : error;
}

/** As {@link nodeFailure}, for calls that run no command: without a response, nothing has changed. */
export function harmlessNodeFailure(error: unknown): unknown {
  return error instanceof TransportError && kindOf(error.code) === 'node_broke_off'
    ? Refusal.of('node_away', { cause: error })
    : nodeFailure(error);
}

/** The refusal for a failed command: the node's error, or the reason why the node did not respond. */
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
