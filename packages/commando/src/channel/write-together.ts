import type { Socket } from 'node:net';

/** Sockets whose writes wait for the end of the current work. */
const waiting = new WeakSet<Socket>();

/** Writes what is sent in the current turn of the event loop at once: many messages are short, and each write is a system call. */
export function writeTogether(socket: Socket): void {
  if (waiting.has(socket)) return;
  waiting.add(socket);
  socket.cork();
  process.nextTick(() => {
    waiting.delete(socket);
    socket.uncork();
  });
}
