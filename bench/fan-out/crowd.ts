import { connect, type Socket } from 'node:net';
import { serve, markOf, now, send } from './program.ts';

/** Many subscribers with minimal cost: they only search the received bytes for the mark of a round. */
const [kind = '', port = '', rune = ''] = process.argv.slice(2);

/** Subscribers that connect at the same time. */
const MAX_CONNECTING = 100;
/** Engine.IO's ping in a websocket frame, and its reply. */
const PING = Buffer.from([0x81, 1, 0x32]);
const PONG = masked('3');

/** The handshake of a subscriber: each text to wait for, and the bytes to write then. */
const HANDSHAKES: Readonly<Record<string, readonly (readonly [after: string, write: Buffer])[]>> = {
  bare: [['', Buffer.from('hello')]],
  events: [
    ['', Buffer.from(`GET /v1/notifications HTTP/1.1\r\nHost: bench\r\nRune: ${rune}\r\n\r\n`)],
  ],
  websocket: [
    [
      '',
      Buffer.from(
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\n' +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
      ),
    ],
    ['0{"sid"', masked(`40{"rune":"${rune}"}`)],
  ],
};
const SUBSCRIBED = { bare: 'ready', events: ': listening', websocket: '40{"sid"' }[kind] ?? '';

let mark = Buffer.from(markOf(0));
let round = 0;
let received = 0;
const sockets: Socket[] = [];

async function join(): Promise<void> {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  const handshake = [...(HANDSHAKES[kind] ?? [])];
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const read = (data?: Buffer): void => {
      text += data?.toString('latin1') ?? '';
      const next = handshake[0];
      if (next === undefined) {
        if (!text.includes(SUBSCRIBED)) return;
        socket.off('data', read);
        resolve();
      } else if (text.includes(next[0])) {
        handshake.shift();
        socket.write(next[1]);
      }
    };
    socket.once('connect', () => read()).on('data', read);
    socket.once('close', () => reject(new Error(`disconnected: ${text}`))).on('error', reject);
  });
  socket.on('data', (data) => listen(socket, data));
  sockets.push(socket);
}

function listen(socket: Socket, data: Buffer): void {
  if (data.includes(PING)) socket.write(PONG);
  if (data.includes(mark) && ++received === sockets.length) send({ round, at: now() });
}

/** A text in a client's frame with a mask of zeros. */
function masked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

serve(async ({ members, next }) => {
  if (typeof next === 'number') {
    round = next;
    mark = Buffer.from(markOf(next));
    received = 0;
    send({ connected: sockets.length });
    return;
  }
  while (sockets.length < Number(members)) {
    const missing = Math.min(MAX_CONNECTING, Number(members) - sockets.length);
    await Promise.all(Array.from({ length: missing }, join));
  }
  send({ connected: sockets.length });
});
