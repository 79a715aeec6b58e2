import { readMembers } from '@clnrest/json/bytes';
import { RpcError, TransportError } from './errors.ts';

/** Parses the `error` member of a reply. Returns a TransportError if it is malformed. */
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
    return new TransportError(
      'malformed_reply',
      'the node returned an error that cannot be parsed',
      {
        cause,
      },
    );
  }
  return new TransportError(
    'malformed_reply',
    'the node returned an error without an integer code and a message',
  );
}
