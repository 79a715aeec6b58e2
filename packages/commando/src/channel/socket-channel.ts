import type { Socket } from 'node:net';
import type { ByteChannel, ByteReceiver } from '../peer/byte-channel.ts';
import { writeTogether } from './write-together.ts';

/** TCP keep-alive notices a dead peer while a command waits for hours. */
const PROBE_MS = 30_000;

/**
 * A channel over a connected TCP socket.
 *
 * @example
 * ```ts no-run
 * createServer((socket) => new PeerSession(socketChannel(socket), options)).listen(9735);
 * ```
 */
export function socketChannel(socket: Socket): ByteChannel {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, PROBE_MS);
  return {
    open: ({ onBytes, onDrain, onClose }: ByteReceiver) => {
      let cause: Error | undefined;
      socket.on('data', onBytes);
      socket.on('drain', onDrain);
      socket.on('error', (error) => {
        cause = error;
      });
      // A peer that ended its half gets no more replies.
      socket.on('end', () => socket.destroy());
      socket.on('close', () => onClose(cause));
      if (socket.destroyed) queueMicrotask(() => onClose(undefined));
    },
    send(bytes) {
      if (socket.destroyed) return;
      writeTogether(socket);
      socket.write(bytes);
    },
    get pendingBytes() {
      return socket.writableLength;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    keepAlive: (keeps) => void (keeps ? socket.ref() : socket.unref()),
    close() {
      // What was sent before is written.
      socket.uncork();
      socket.destroy();
    },
  };
}
