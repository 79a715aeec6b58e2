import { createServer, type AddressInfo, type Socket } from 'node:net';
import { serve, now, send, sendMemory, notificationParams } from './program.ts';

/** The baseline: a server that only writes the same bytes to all its connections. */
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
  socket.once('data', () => socket.write('ready'));
});
serve(({ round }) => {
  if (typeof round !== 'number') return sendMemory();
  send({ round, at: now() });
  const text = Buffer.from(`42["message",${notificationParams(round)}]`);
  const frame = Buffer.concat([Buffer.from([0x81, 126, text.length >> 8, text.length]), text]);
  for (const socket of sockets) socket.write(frame);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  send({ port: (server.address() as AddressInfo).port });
});
