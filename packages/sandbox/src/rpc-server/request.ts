import { isUtf8 } from 'node:buffer';
import {
  isString,
  JsonSyntaxError,
  type JsonToken,
  member,
  parseMessage,
} from '@clnrest/json/tokens';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Frame } from '../json/frame-scanner.ts';

/** A valid request. */
export interface RpcRequest {
  /** The id's JSON text, including quotes. */
  readonly id: string;
  readonly method: string;
  readonly params: JsonToken;
  readonly filter: JsonToken | undefined;
  readonly frame: Frame;
}

/** JSON that is not a valid request. The error reply has the id if it is valid, else null. */
export interface InvalidRequest {
  readonly id: string;
  readonly error: CommandError;
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidRequest, message);
}

/**
 * Reads a frame as a request, with lightningd's errors in lightningd's order.
 *
 * @throws JsonSyntaxError for malformed JSON, and for JSON without `jsonrpc`; the connection then ignores further input
 */
export function readRequest(frame: Frame): RpcRequest | InvalidRequest {
  const text = frame.bytes.toString('utf8');
  if (!isUtf8(frame.bytes)) throw new JsonSyntaxError('malformed', 'not UTF-8', text);
  const token = parseMessage(text);
  const version = member(token, 'jsonrpc');
  if (version === undefined) throw new JsonSyntaxError('not_json_rpc', 'no jsonrpc', text);

  const id = member(token, 'id');
  if (id === undefined) return { id: 'null', error: invalid('No id') };
  if (id.type !== 'string' && id.type !== 'primitive') {
    return { id: 'null', error: invalid('Expected string/primitive for id') };
  }
  if (!isString(version, '2.0')) {
    return { id: 'null', error: invalid('jsonrpc: "2.0" must be specified in the request') };
  }
  const refused = (message: string): InvalidRequest => ({ id: id.raw, error: invalid(message) });
  const method = member(token, 'method');
  const params = member(token, 'params');
  if (method === undefined) return refused('No method');
  if (params === undefined) return refused('No params');
  if (method.type !== 'string') return refused('Expected string for method');
  return { id: id.raw, method: method.text, params, filter: member(token, 'filter'), frame };
}
