import { callHook, hasResult, type HookNode, invalidResponse } from './chain.ts';

/** Calls the hook `custommsg` with a message of a peer. Its filters select the type of the message. */
export function callCustommsg(node: HookNode, peerId: string, message: Buffer): Promise<void> {
  return callHook(node, {
    name: 'custommsg',
    field: String(message.length < 2 ? 0xffff : message.readUInt16BE()),
    params: () => ({ payload: message.toString('hex'), peer_id: peerId }),
    read(response) {
      if (hasResult(response, 'continue')) return true;
      return invalidResponse(
        node,
        `Plugin returned an invalid response to the custommsg hook: ${response.raw}`,
      );
    },
  });
}
