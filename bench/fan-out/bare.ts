import { createServer, type AddressInfo, type Socket } from 'node:net';
import { answer, now, say, sayMemory, told } from './program.ts';

/** The bound: a server that writes the same bytes to all its connections, and does nothing else. */
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
  socket.once('data', () => socket.write('ready'));
});
answer(({ round }) => {
  if (typeof round !== 'number') return sayMemory();
  say({ round, at: now() });
  const text = Buffer.from(`42["message",${told(round)}]`);
  const frame = Buffer.concat([Buffer.from([0x81, 126, text.length >> 8, text.length]), text]);
  for (const socket of sockets) socket.write(frame);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  say({ port: (server.address() as AddressInfo).port });
});
