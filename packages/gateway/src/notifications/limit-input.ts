import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { TokenBucket } from '@clnrest/bounds';

/** Pings and pongs of the websocket protocol. Clients send one every few seconds, if any. */
export const CONTROL_FRAMES = { capacity: 16, perSecond: 2 };

/**
 * Limits the input of a websocket, before and after authentication: its frames can have six bytes, and each costs
 * some microseconds. Subscribers need to send little. `maxMessageBytes` is the largest message.
 *
 * Calls `exceeded` at most once. Input after that is not processed.
 */
export function limitInput(
  websocket: WebSocket,
  socket: Duplex,
  maxMessageBytes: number,
  exceeded: () => void,
): void {
  const bytes = new TokenBucket({ capacity: 2 * maxMessageBytes, perSecond: maxMessageBytes });
  const frames = new TokenBucket(CONTROL_FRAMES);
  let isExceeded = false;
  const refuse = (): void => {
    if (isExceeded) return;
    isExceeded = true;
    exceeded();
  };
  // The library's own listeners get only what the limit allows.
  const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    if (isExceeded) return;
    if (!bytes.take(chunk.length)) refuse();
    else for (const listener of listeners) listener.call(socket, chunk);
  });
  websocket.on('ping', (data: Buffer) => {
    if (isExceeded) return;
    if (frames.take()) websocket.pong(data, false, ignore);
    else refuse();
  });
  websocket.on('pong', () => {
    if (!isExceeded && !frames.take()) refuse();
  });
}

/** The connection failed: `close` follows. */
function ignore(): void {}
