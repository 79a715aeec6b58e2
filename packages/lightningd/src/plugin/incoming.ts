import { FrameError } from '../json/frame-error.ts';
import { readMembers } from '../json/members.ts';

/** A call that lightningd makes and waits for. */
export interface IncomingRequest {
  readonly kind: 'request';
  /** The id as it was written, for the reply. */
  readonly idText: string;
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
  readonly paramsText: string;
  readonly filterText: string | undefined;
}

/** Something that lightningd only tells. */
export interface IncomingNotification {
  readonly kind: 'notification';
  readonly topic: string;
  /** The plugin it comes from; undefined for lightningd's own. */
  readonly origin: string | undefined;
  readonly params: unknown;
  readonly paramsText: string;
}

/** A frame from lightningd, understood. Throws a FrameError if it cannot be. */
export function readIncoming(text: string): IncomingRequest | IncomingNotification {
  const message = parse(text);
  const { method, params } = message;
  if (typeof method !== 'string') throw new FrameError('a message without a method');
  const members = readMembers(text);
  const paramsText = members.get('params') ?? '{}';
  const idText = members.get('id');
  if (idText === undefined) {
    const origin = typeof message['origin'] === 'string' ? message['origin'] : undefined;
    return { kind: 'notification', topic: method, origin, params, paramsText };
  }
  const id = typeof message['id'] === 'string' ? message['id'] : idText;
  const filterText = members.get('filter');
  return { kind: 'request', idText, id, method, params, paramsText, filterText };
}

function parse(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return message as Record<string, unknown>;
  } catch (cause) {
    throw new FrameError('a message that is no JSON', { cause });
  }
}
