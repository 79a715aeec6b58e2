import { FrameError } from '@clnrest/json/bytes';
import { readMembers } from '@clnrest/json/bytes';
import { mayHaveLargeInteger, parseJson } from '@clnrest/json';
import { INVALID_PARAMS } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';

/** A request of lightningd, which waits for the reply. */
export interface IncomingRequest {
  readonly kind: 'request';
  /** The id as JSON text, for the reply. */
  readonly idText: string;
  readonly id: string;
  readonly method: string;
  /** Throws an RpcError if an integer has more than 10,000 digits. */
  readonly params: unknown;
  readonly paramsText: string;
  readonly filterText: string | undefined;
}

/** A notification of lightningd, which expects no reply. */
export interface IncomingNotification {
  readonly kind: 'notification';
  readonly topic: string;
  /** The plugin that sent it; undefined for lightningd's own. */
  readonly origin: string | undefined;
  /** Throws an RpcError if an integer has more than 10,000 digits. */
  readonly params: unknown;
  readonly paramsText: string;
}

/** Parses a frame from lightningd. Throws a FrameError if it is neither a request nor a notification. */
export function readIncoming(text: string): IncomingRequest | IncomingNotification {
  const message = parseMessage(text);
  const { method } = message;
  if (typeof method !== 'string') throw new FrameError('a message without a method');
  const members = readMembers(text);
  const paramsText = members.get('params') ?? '{}';
  const idText = members.get('id');
  const readParams = paramsReader(message['params'], paramsText);
  if (idText === undefined) {
    const origin = typeof message['origin'] === 'string' ? message['origin'] : undefined;
    return {
      kind: 'notification',
      topic: method,
      origin,
      paramsText,
      get params() {
        return readParams();
      },
    };
  }
  const id = typeof message['id'] === 'string' ? message['id'] : idText;
  const filterText = members.get('filter');
  return {
    kind: 'request',
    idText,
    id,
    method,
    paramsText,
    filterText,
    get params() {
      return readParams();
    },
  };
}

function parseMessage(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return message as Record<string, unknown>;
  } catch (cause) {
    throw new FrameError('a message that is not valid JSON', { cause });
  }
}

/**
 * Defers the exact parse until a handler reads `params`. Many handlers read `paramsText` only, and an
 * integer that is too long must fail its own call, not the plugin.
 */
function paramsReader(rounded: unknown, text: string): () => unknown {
  if (!mayHaveLargeInteger(text)) return () => rounded;
  let exact: { readonly params: unknown } | undefined;
  return () => (exact ??= { params: parseParams(text) }).params;
}

function parseParams(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new RpcError(INVALID_PARAMS, 'params: an integer has more than 10,000 digits', { cause });
  }
}
