import type { Refused } from './welcome.ts';

/**
 * The few packets of Socket.IO 5 over Engine.IO 4 that a listener needs to come in, as text: the first digit is
 * Engine.IO's type (0 open, 1 close, 2 ping, 3 pong, 4 message), the second Socket.IO's (0 connect, 4 refusal).
 */
export const CONNECT = '40';
export const CLOSE = '1';
export const PONG = '3';

/** Where a listener asks, by which transport. */
export function socketUrl(base: URL, transport: 'polling' | 'websocket', sid?: string): URL {
  const url = new URL('socket.io/', base);
  url.searchParams.set('EIO', '4');
  url.searchParams.set('transport', transport);
  if (sid !== undefined) url.searchParams.set('sid', sid);
  return url;
}

/** The session's id from an open packet; nothing where it is none. */
export function sessionOf(packet: string): string | undefined {
  const sid = packet.startsWith('0{') ? jsonOf(packet.slice(1))?.['sid'] : undefined;
  return typeof sid === 'string' ? sid : undefined;
}

/** How the listener was received, where the packet says so: `in`, or why not. */
export function receptionOf(packet: string): 'in' | Refused | undefined {
  if (packet.startsWith('40')) return 'in';
  if (!packet.startsWith('44')) return undefined;
  const { message, data } = jsonOf(packet.slice(2)) ?? {};
  const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined;
  return {
    code: typeof code === 'number' ? code : undefined,
    message: typeof message === 'string' ? message : 'without a word',
  };
}

/** Packets of one answer to a poll (Engine.IO 4 puts a record separator between them). */
export function packetsOf(body: string): string[] {
  return body.split('\u001e');
}

/**
 * Whether a server refuses a request that asks for a websocket without an upgrade: as Engine.IO does, or
 * as the gateway does (`engine_transport` in `docs/reference/errors.md`).
 */
export function missesUpgrade(body: string): boolean {
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
