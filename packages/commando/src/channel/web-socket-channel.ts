import type { Socket } from 'node:net';
import type { ByteChannel } from '../peer/byte-channel.ts';
import { writeTogether } from './write-together.ts';

/** A message carries any part of the stream. lightningd sends a few kilobytes in each. */
const MAX_FRAME_BYTES = 1024 * 1024;

/** The options of a client. Compression would be useless, because the bytes are encrypted. */
export const WEB_SOCKET_OPTIONS = {
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  followRedirects: false,
};

type MessageData = Buffer | ArrayBuffer | Buffer[];

/**
 * What a channel uses of a WebSocket of the package `ws`. That package has no types of its own, so types that name it would not
 * compile in a project without `@types/ws`.
 */
export interface NodeWebSocket {
  readonly readyState: number;
  readonly OPEN: number;
  readonly CLOSED: number;
  /** In bytes. */
  readonly bufferedAmount: number;
  on(event: 'message', listener: (data: MessageData) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  send(bytes: Uint8Array, sent: () => void): void;
  pause(): void;
  resume(): void;
  terminate(): void;
}

/**
 * A channel over an open WebSocket of the package `ws`.
 *
 * @example
 * ```ts no-run
 * server.on('connection', (socket) => new PeerSession(webSocketChannel(socket), options));
 * ```
 */
export function webSocketChannel(socket: NodeWebSocket): ByteChannel {
  let drained: () => void = () => undefined;
  return {
    open({ onBytes, onDrain, onClose }) {
      let cause: Error | undefined;
      drained = onDrain;
      socket.on('message', (data) => onBytes(bytesOf(data)));
      socket.on('error', (error) => {
        cause = error;
      });
      socket.on('close', () => onClose(cause));
      if (socket.readyState === socket.CLOSED) queueMicrotask(() => onClose(undefined));
    },
    send(bytes) {
      if (socket.readyState !== socket.OPEN) return;
      const inner = innerSocket(socket);
      if (inner !== undefined) writeTogether(inner);
      socket.send(bytes, () => {
        if (socket.bufferedAmount === 0) drained();
      });
    },
    get pendingBytes() {
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    keepAlive(keeps) {
      const inner = innerSocket(socket);
      if (keeps) inner?.ref();
      else inner?.unref();
    },
    close() {
      innerSocket(socket)?.uncork();
      socket.terminate();
    },
  };
}

/** The package offers no other access. */
function innerSocket(socket: NodeWebSocket): Socket | undefined {
  return (Reflect.get(socket, '_socket') as Socket | null) ?? undefined;
}

function bytesOf(data: MessageData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
