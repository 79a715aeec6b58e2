import type { SubscribeError } from './subscription.ts';

/**
 * The packets of Socket.IO 5 over Engine.IO 4 that a subscriber needs to connect, as text. The first digit is the
 * Engine.IO type (0 open, 1 close, 2 ping, 3 pong, 4 message), the second the Socket.IO type (0 connect,
 * 4 connect error).
 */
export const CONNECT = '40';
export const CLOSE = '1';
export const PONG = '3';

/** Returns the URL that a subscriber requests over a transport. */
export function socketUrl(base: URL, transport: 'polling' | 'websocket', sid?: string): URL {
  const url = new URL('socket.io/', base);
  url.searchParams.set('EIO', '4');
  url.searchParams.set('transport', transport);
  if (sid !== undefined) url.searchParams.set('sid', sid);
  return url;
}

/** Returns the session id of an open packet; undefined for any other packet. */
export function sessionIdOf(packet: string): string | undefined {
  const sid = packet.startsWith('0{') ? jsonOf(packet.slice(1))?.['sid'] : undefined;
  return typeof sid === 'string' ? sid : undefined;
}

/** Returns the outcome of connecting; undefined if the packet is not about it. */
export function connectResultOf(packet: string): 'connected' | SubscribeError | undefined {
  if (packet.startsWith('40')) return 'connected';
  if (!packet.startsWith('44')) return undefined;
  const { message, data } = jsonOf(packet.slice(2)) ?? {};
  const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined;
  return {
    code: typeof code === 'number' ? code : undefined,
    message: typeof message === 'string' ? message : 'no reason given',
  };
}

/** Splits a polling response into packets, which Engine.IO 4 separates by U+001E. */
export function packetsOf(body: string): string[] {
  return body.split('\u001e');
}

/**
 * Returns whether the server reports a websocket request that arrived without its upgrade: Engine.IO does
 * so with code 3, the gateway with `engine_transport` (`docs/reference/errors.md`).
 */
export function isMissingUpgrade(body: string): boolean {
  const { code, message } = jsonOf(body) ?? {};
  return code === 3 || (code === -32600 && String(message).startsWith('Unsupported transport'));
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
