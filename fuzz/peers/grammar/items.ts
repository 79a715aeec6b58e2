import type { PeerItem } from '../case.ts';

const INIT_TYPE = 16;

/** The handshake as an initiator sends it. */
export function handshake(): PeerItem[] {
  return [
    { kind: 'handshake', act: 1 },
    { kind: 'handshake', act: 3 },
  ];
}

/** An `init` without features and networks. */
export const INIT: PeerItem = message('init', INIT_TYPE, '\0\0\0\0');

export function message(kind: string, type: number, payload: string): PeerItem {
  return { kind, message: { type, payload } };
}

/** The last piece of a command. */
export function command(id: string, json: string, isLast = true): PeerItem {
  return { kind: 'command', command: { id, json, isLast } };
}

/** The request for a WebSocket. */
export function upgrade(): PeerItem {
  const head = [
    'GET / HTTP/1.1',
    'Host: sandbox',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return { kind: 'upgrade', head };
}

/** Two bytes, big-endian. */
export function uint16(value: number): string {
  return String.fromCharCode((value >>> 8) & 0xff, value & 0xff);
}
