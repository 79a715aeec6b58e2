import { readMembers } from '../json/members.ts';
import { RpcError, TransportError } from './errors.ts';

/**
 * The error member of a reply as the error to reject with: the node's own if it can be read.
 */
export function nodeError(
  errorText: string,
  parse: (text: string) => unknown,
): RpcError | TransportError {
  try {
    const members = readMembers(errorText);
    const code: unknown = JSON.parse(members.get('code') ?? 'null');
    const message: unknown = JSON.parse(members.get('message') ?? 'null');
    if (Number.isSafeInteger(code) && typeof message === 'string') {
      const dataText = members.get('data');
      return dataText === undefined
        ? new RpcError(code as number, message)
        : new RpcError(code as number, message, { data: parse(dataText), dataText });
    }
  } catch (cause) {
    return new TransportError('malformed_reply', 'the node answered an error that is no JSON', {
      cause,
    });
  }
  return new TransportError(
    'malformed_reply',
    'the node answered an error without an integer code and a message',
  );
}
